"""The end of a game in lines: first for those who go out, then for everybody."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from rachel.client.updates import GameOver, Moved, ProofAnnounced, Update
from rachel_tui.plain.lines import Lines
from rachel_tui.plain.text import (
    offer_text,
    point_lines,
    recap_lines,
    result_lines,
    way_out_lines,
)
from rachel_tui.sitting import Sitting
from rachel_tui.words.results import proof_text, rating_text, result_of

if TYPE_CHECKING:
    from rachel_tui.games.findings import Findings


class Ending:
    """Says how the games of a sitting end, and what is known of them afterwards."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._is_out = False
        self._place_told = False  # the player has heard which place it is
        self._wants_points = False  # what decided the game is to be told as soon as it is known
        self._rating: tuple[int, int] | None = None  # as last said

    def take(self, updates: Sequence[Update], sitting: Sitting) -> None:
        """Say what is new about the end of the game."""
        session = sitting.session
        for update in updates:
            if isinstance(update, GameOver) and (result := result_of(session)):
                self._wants_points = False
                self._tell(result_lines(result, offer_text(sitting)))
            elif isinstance(update, Moved) and update.seat == session.seat:
                self._place_told = update.finish_position is not None
        proven = any(isinstance(update, ProofAnnounced) for update in updates)
        if proven and session.proof.verified is False:
            self._say(proof_text(session))
        before, self._is_out = self._is_out, sitting.way_out is not None
        if sitting.way_out is not None and not before:
            self._tell(way_out_lines(sitting.way_out, was_told=self._place_told))
        self._tell_points(sitting)
        rated, self._rating = self._rating, sitting.aftermath.rating
        if self._rating is not None and self._rating != rated:
            self._say(f"{rating_text(self._rating)}.")

    def recap(self, sitting: Sitting) -> None:
        """Say what excelled in the game, and as soon as it is known what decided it."""
        result = result_of(sitting.session)
        if result is None:
            self._say("The game still runs: there is a recap after its end.")
            return
        self._tell(recap_lines(result))
        self._wants_points = True
        self._tell_points(sitting)

    async def replay(self, sitting: Sitting, lines: Lines) -> None:
        """Tell the game that is over step by step, until the player has heard enough."""
        findings = await _findings(sitting)
        if findings is None:
            self._say(_no_record(sitting))
        else:
            from rachel_tui.plain.replay import tell_replay

            await tell_replay(findings.reel, lines, self._say, findings.me)
            if not lines.ended and result_of(sitting.session):
                self._say(offer_text(sitting))

    async def save(self, sitting: Sitting, file: str = "") -> None:
        """Write the record of the game that is over into a new file."""
        findings = await _findings(sitting)
        if findings is None or sitting.place.games_path is None:
            self._say(_no_record(sitting))
            return
        from rachel_tui.keep.album import offered_file, place_of, save_record

        offered = offered_file(findings.record)
        named, file = file, file or offered
        problem = await asyncio.to_thread(save_record, findings.record, file)
        advice = f"Type save alone for {offered}." if named else "Type save and another file."
        self._say(f"Error: {problem}. {advice}" if problem else f"Saved: {place_of(file)}")

    def _tell_points(self, sitting: Sitting) -> None:
        findings = sitting.aftermath.findings
        if self._wants_points and findings is not None:
            self._wants_points = False
            self._tell(point_lines(findings.points))

    def _tell(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._say(line)


async def _findings(sitting: Sitting) -> "Findings | None":
    """Return what the record of the game tells; None if there is none, or a game runs."""
    is_over = result_of(sitting.session) is not None
    return await sitting.aftermath.awaited_findings() if is_over else None


def _no_record(sitting: Sitting) -> str:
    """Return why there is no record to be told or saved."""
    if result_of(sitting.session) is None:
        return "No game is over yet: there is a record of it after its end."
    return "There is no record of this game."
