"""What the record of a game tells: what happened at each step, and what decided it."""

from dataclasses import dataclass
from datetime import datetime

from rachel.formats.document import document_of
from rachel.formats.record import GameRecord
from rachel_tui.games.own_record import own_record
from rachel_tui.games.reel import PROBLEMS, Reel
from rachel_tui.games.seen_game import SeenGame
from rachel_tui.games.turning_points import TurningPoint, turning_points


@dataclass(frozen=True, slots=True)
class Findings:
    """What a record tells.

    Attributes:
        record: the record of the game, checked.
        reel: the game, to be looked at.
        points: what decided it.
        me: the player's own seat, None for one who watched.
    """

    record: GameRecord
    reel: Reel
    points: tuple[TurningPoint, ...]
    me: int | None


def own_findings(
    game: SeenGame, me: int | None, started_at: datetime, finished_at: datetime
) -> Findings | None:
    """Return what a game tells that was seen from the deal on; None if turns were missed.

    ``me`` is the seat that the turning points call "you".
    """
    record = own_record(game, started_at, finished_at)
    return None if record is None else _findings(record, me)


def findings_in(value: object, game: SeenGame, me: int | None) -> Findings | None:
    """Return what a host's record tells; None unless it is true, and of this very game.

    ``value`` is what the record's JSON says.
    """
    try:
        record = document_of(value)
        if not isinstance(record, GameRecord) or record.seed != game.proof.seed:
            return None
        return _findings(record, me)
    except PROBLEMS:
        return None


def _findings(record: GameRecord, me: int | None) -> Findings:
    reel = Reel(record)
    return Findings(record, reel, turning_points(reel, me), me)
