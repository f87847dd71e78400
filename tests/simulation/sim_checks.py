"""The judges of a simulation: they read the journal, what was sent, and nothing of the server."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rachel_server.core.link import Link
from table_harness import stored_games

from rachel.client.session import ClientSession
from rachel.rubp import MessageType
from rachel.rules.cards import DECK
from rachel.rules.game import Game
from rachel.rules.view import view_for
from rachel_server.core.entries import ActionTaken, Entry, GameStarted, GameStatus
from rachel_server.core.table import Table

HASH_OFFSETS: Final = {
    MessageType.GAME_STATE: (16 + 23, 16 + 24),
    MessageType.TURN_START: (16 + 7, 16 + 10),
    MessageType.TURN_END: (16 + 18, 16 + 19),
    MessageType.PLAYER_WON: (16 + 7, 16 + 8),
    MessageType.HAND_SYNC: (16 + 39, 16 + 40),
}
"""Where a frame says whether it has a hash, and where that is (rubp.md, Messages)."""


class JournalWatch:
    """Checks that nothing is announced that a crash could undo.

    Attributes:
        games: the stored id of the newest game of each wire id.
        announced: how many hashes were seen on their way out.
    """

    def __init__(self) -> None:
        self.games: dict[int, str] = {}
        self.announced = 0
        self._hashes: dict[str, set[int]] = {}

    def committed(self, entries: Sequence[Entry]) -> None:
        """Learn of entries that are durable now."""
        for entry in entries:
            if isinstance(entry, GameStarted):
                self.games[entry.game_id] = entry.game
                deal = Game.deal(len(entry.seats), entry.seed)
                self._hashes[entry.game] = {deal.state_hash()}
            elif isinstance(entry, ActionTaken):
                self._hashes[entry.game].add(entry.state_hash)

    def sent(self, table: Table, frames: Sequence[tuple[Link, bytes]]) -> None:
        """Check frames the moment they leave."""
        for _, frame in frames:
            offsets = HASH_OFFSETS.get(MessageType(frame[5]))
            if offsets is None or not frame[offsets[0]] & 1:
                continue
            known = int.from_bytes(frame[offsets[1] : offsets[1] + 8], "big")
            hashes = self._hashes[self.games[table.game_id]]
            assert known in hashes, "a state was announced that is not in the journal"
            self.announced += 1


@dataclass(frozen=True)
class Ending:
    """What a player saw at the end of a game: the session then, and the game's stored id."""

    game: str
    seat: int
    session: ClientSession
    known: tuple[object, ...]
    totals: tuple[tuple[int, ...] | None, tuple[int, ...] | None]


def what_is_known(session: ClientSession) -> tuple[object, ...]:
    """Return everything a session knows of its game, comparable."""
    view = session.view
    assert view is not None
    assert session.seat is not None
    public = view.public
    return (
        view.seat,
        view.hand,
        public.seats,
        public.current,
        public.direction,
        public.top,
        public.nominated_suit,
        public.pending_draws,
        public.pending_skips,
        public.deck_count,
        public.discard_count,
        public.hand_counts,
        public.out,
        public.finish_order,
        public.turn,
        public.is_over,
        public.survivor,
    )


def what_is_so(game: Game, seat: int) -> tuple[object, ...]:
    """Return the same of the game itself."""
    view = view_for(game, seat)
    public = view.public
    return (
        seat,
        tuple(game.hands[seat]),
        game.seats,
        game.current,
        game.direction,
        game.discard[-1],
        game.nominated_suit,
        game.pending_draws,
        game.pending_skips,
        len(game.deck),
        len(game.discard),
        tuple(map(len, game.hands)),
        public.out,
        tuple(game.finish_order),
        game.turn,
        game.is_over,
        game.survivor,
    )


def check_journal(journal: list[Entry]) -> dict[str, Game]:
    """Check every game in a journal: it replays, keeps its cards and has an end; return them."""
    games = {}
    for name, stored in stored_games(journal).items():
        game = Game.deal(len(stored.start.seats), stored.start.seed)
        for turn, taken in enumerate(stored.actions):
            assert (taken.turn, taken.seat) == (turn, game.current)
            game.apply(taken.action)
            assert game.state_hash() == taken.state_hash, f"turn {turn} replays to another state"
            held = [card for hand in game.hands for card in hand]
            assert sorted([*held, *game.deck, *game.discard]) == sorted(DECK)
        assert stored.end is not None, "a game without an end"
        assert stored.status is stored.end.status
        if stored.status is GameStatus.FINISHED:
            assert game.is_over
            assert stored.end.places == (*game.finish_order, game.survivor)
        else:
            assert stored.status is GameStatus.ABANDONED
            assert not game.is_over
        games[name] = game
    return games


def check_ending(ending: Ending, games: dict[str, Game]) -> None:
    """Check that what a player saw at the end is what the journal's game came to."""
    game = games[ending.game]
    assert game.is_over
    assert ending.known == what_is_so(game, ending.seat)
    dealt, taken = ending.totals
    if dealt is not None and taken is not None:
        for seat in range(game.seats):
            assert dealt[seat] == sum(s for a, _, s, _ in game.attacks if a == seat)
            assert taken[seat] == sum(s for _, t, s, _ in game.attacks if t == seat)
