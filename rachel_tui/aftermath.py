"""What is made of a game when it is over: a line in the album, the record, what decided it."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from rachel.client.session import ClientSession
from rachel.client.updates import GameStarted, Moved, Update
from rachel.rules.cards import RANK_LETTERS, rank_of
from rachel_tui.games.seen_game import SeenGame, seen_game

if TYPE_CHECKING:
    from rachel_tui.games.findings import Findings
    from rachel_tui.games.played import PlayedGame

FindRecord: TypeAlias = Callable[[SeenGame], Awaitable[object]]
"""Asks a host for the record of a finished game, a JSON value; None if there is none to be had."""

FindRating: TypeAlias = Callable[[SeenGame], Awaitable[tuple[int, int] | None]]
"""Asks a host for the player's rating before and after a game; None if it did not change it."""


_KNOWN_WITHIN_S: Final = 3.0
"""How long a player who asks for the record of a game waits for it."""


class Aftermath:
    """Watches one person's games and deals with the end of each, beside the event loop.

    Attributes:
        findings: what the record of the last finished game tells; None until that is known, and
            when no true record of it can be had.
        last_played: the cards that the player played last, empty after a draw.
        rating: the player's rating before and after that game, None if it has not changed.
    """

    def __init__(
        self,
        folder: Path | None,
        where: str,
        find: FindRecord | None,
        rate: FindRating | None,
        on_found: Callable[[], None],
    ) -> None:
        """Prepare.

        Args:
            folder: where the player's finished games are kept (`album`); None to keep none.
            where: the host, for the album.
            find: asks the host for the record of a game of which turns were missed; None if it
                cannot be asked.
            rate: asks the host for the rating; None for those who have none there.
            on_found: called when there are findings.
        """
        self.findings: Findings | None = None
        self.rating: tuple[int, int] | None = None
        self.last_played: tuple[int, ...] = ()
        self._folder = folder
        self._where = where
        self._find = find
        self._rate = rate
        self._on_found = on_found
        self._writing: set[asyncio.Task[None]] = set()
        self._asking: set[asyncio.Task[None]] = set()
        self._added = self._studied = False
        self._partly_seen: PlayedGame | None = None  # until its record is found, or cannot be
        self._begin()

    def take(self, updates: Iterable[Update], session: ClientSession) -> None:
        """Take what has happened at the table, which ``session`` has just taken in."""
        for update in updates:
            if isinstance(update, GameStarted):
                self._begin()
                public = session.public
                self._whole = public is not None and public.turn == 0
            elif isinstance(update, Moved) and update.seat == session.seat:
                self.last_played = update.cards
                self._drawn += update.drawn
                self._cards.update(RANK_LETTERS[rank_of(card)] for card in update.cards)
        game = seen_game(session)
        if game is None:
            return
        if not self._added and session.seat is not None and self._folder is not None:
            self._added = True
            played = self._played(game, session)
            if self._whole:
                self._spawn(self._add(self._folder, played), self._writing)
            else:
                self._partly_seen = played
        proof = game.proof
        if not self._studied and proof.seed is not None and proof.nonce is not None:
            self._studied = True
            self._spawn(self._study(game, session.seat), self._writing)
            if self._rate is not None:
                self._spawn(self._ask_rating(self._rate, game), self._asking)

    async def awaited_findings(self) -> "Findings | None":
        """Return the findings of the game that is over, once it is known whether there are any.

        None also after a while in which nothing became known.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(_KNOWN_WITHIN_S):
                await self._known.wait()
        return self.findings

    async def close(self) -> None:
        """Finish what is being written, and ask no more."""
        await asyncio.gather(*self._writing, return_exceptions=True)
        for task in self._asking:
            task.cancel()
        await self._add_partly_seen(None, None)

    def _begin(self) -> None:
        if self._partly_seen is not None:
            self._spawn(self._add_partly_seen(None, None), self._writing)
        self._whole = False  # whether it was seen from the deal on, and all moves are counted
        self.findings = self.rating = None
        self._known = asyncio.Event()  # whether there are findings
        self.last_played = ()
        self._started_at = datetime.now(UTC)
        self._cards: Counter[str] = Counter()
        self._drawn = 0
        self._added = self._studied = False

    def _spawn(self, work: Coroutine[Any, Any, None], among: set[asyncio.Task[None]]) -> None:
        task = asyncio.create_task(work)
        among.add(task)
        task.add_done_callback(among.discard)

    def _played(self, game: SeenGame, session: ClientSession) -> "PlayedGame":
        from rachel_tui.games.played import SPECIAL, PlayedGame

        places = game.places
        return PlayedGame(
            at=_now().isoformat(),
            where=self._where,
            names=tuple(game.names[seat] for seat in places),
            bots=tuple(place for place, seat in enumerate(places) if seat in game.bots),
            me=places.index(session.seat or 0),
            cards={rank: self._cards[rank] for rank in SPECIAL},
            drawn=self._drawn,
            turns=session.public.turn if session.public else 0,
        )

    async def _add(self, folder: Path, played: "PlayedGame") -> None:
        from rachel_tui.keep import album

        with suppress(OSError):  # a game that cannot be noted was played all the same
            await asyncio.to_thread(album.add_game, folder, played)

    async def _add_partly_seen(self, found: "Findings | None", me: int | None) -> None:
        """Add a game of which the player saw a part, with the moves that its record tells."""
        played, self._partly_seen = self._partly_seen, None
        if played is None or self._folder is None:
            return
        if found is not None and me is not None:
            own = [scene for scene in found.reel.scenes if scene.seat == me]
            cards = Counter(RANK_LETTERS[rank_of(card)] for it in own for card in it.cards)
            drawn = sum(scene.drawn for scene in own)
            special = {rank: cards[rank] for rank in played.cards}
            played = replace(played, cards=special, drawn=drawn)
        await self._add(self._folder, played)

    async def _study(self, game: SeenGame, me: int | None) -> None:
        began = self._started_at
        found = await asyncio.to_thread(_own_findings, game, me, began)
        if found is None and self._find is not None:
            self._spawn(self._ask_record(self._find, game, me), self._asking)
        else:
            await self._have(found, me, began)

    async def _ask_record(self, find: FindRecord, game: SeenGame, me: int | None) -> None:
        began = self._started_at
        value = await find(game)
        await self._have(await asyncio.to_thread(_findings_in, value, game, me), me, began)

    async def _ask_rating(self, rate: FindRating, game: SeenGame) -> None:
        began = self._started_at
        rating = await rate(game)
        if began == self._started_at and rating is not None:
            self.rating = rating
            self._on_found()

    async def _have(self, found: "Findings | None", me: int | None, began: datetime) -> None:
        """Keep the record of a player's own game, and show what it tells."""
        known = self._known
        await self._add_partly_seen(found, me)
        if found is None:
            known.set()
            return
        if me is not None and self._folder is not None:
            from rachel_tui.keep import album

            with suppress(OSError):
                await asyncio.to_thread(album.add_record, self._folder, found.record, me)
        if began == self._started_at:
            self.findings = found
            self._on_found()
        known.set()


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


# What reads and writes records takes a while to import: it waits for the end of a game.


def _own_findings(game: SeenGame, me: int | None, began: datetime) -> "Findings | None":
    from rachel_tui.games.findings import own_findings

    return own_findings(game, me, began.replace(microsecond=0), _now())


def _findings_in(value: object, game: SeenGame, me: int | None) -> "Findings | None":
    from rachel_tui.games.findings import findings_in

    return findings_in(value, game, me)
