"""When the time of a turn is up, as far as a host has told."""

from collections.abc import Sequence
from time import monotonic

from rachel.client.session import ClientSession
from rachel.client.updates import (
    GameOver,
    Moved,
    PlaysElsewhere,
    TimeTold,
    TurnStarted,
    Update,
    Welcomed,
)
from rachel.rubp import Phase


class TurnClock:
    """What a host has told of the time of the turn that runs.

    Attributes:
        ends_at: when that time is up, in seconds of the monotonic clock; None when no clock is
            known to run.
    """

    def __init__(self) -> None:
        self.ends_at: float | None = None

    def take(self, updates: Sequence[Update], session: ClientSession) -> None:
        """Take what a host told ``session``."""
        # Who comes in the middle of a turn is not told how much of it is left.
        comes = any(isinstance(it, Welcomed) and it.phase is Phase.PLAYING for it in updates)
        for update in updates:
            match update:
                case TurnStarted():
                    limit = session.turn_time_s
                    self.ends_at = None if limit is None or comes else monotonic() + limit
                case TimeTold(seconds=seconds):
                    self.ends_at = monotonic() + seconds
                case Moved() | GameOver() | PlaysElsewhere():
                    self.ends_at = None

    def forget(self) -> None:
        """Know nothing: there is another game, or the host cannot be heard."""
        self.ends_at = None
