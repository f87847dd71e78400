"""What ClientSession.receive returns: one class for each kind of fact the host told."""

from dataclasses import dataclass, field
from typing import TypeAlias

from rachel.rubp import ErrorCode, Phase
from rachel.rules.view import PublicView


@dataclass(frozen=True, slots=True)
class Welcomed:
    """The host gave us ``seat`` at a table in ``phase``; None means that we watch it."""

    seat: int | None
    phase: Phase


@dataclass(frozen=True, slots=True)
class RosterChanged:
    """Who is there changed, or what is known of those who are not.

    Look at ``names``, ``platforms``, ``present``, ``left``, ``lost`` and ``watchers``.
    """


@dataclass(frozen=True, slots=True)
class PlayerGone:
    """The player of ``seat``, who was there, ``left`` on purpose, or else lost the connection."""

    seat: int
    left: bool


@dataclass(frozen=True, slots=True)
class GameStarted:
    """The cards were dealt; our hand is known if we have a seat, the state of the table follows."""


@dataclass(frozen=True, slots=True)
class HandChanged:
    """Our hand is another; ``drawn`` are the cards just drawn, empty when none were."""

    drawn: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """A seat acted; the state that follows from it comes as a StateChanged of its own.

    Attributes:
        seat: who acted.
        cards: the cards played in their order, empty for a draw.
        suit: the suit an ace nominated, 0-3, or None.
        drawn: how many cards were drawn, 0 for a play.
        next_seat: whose turn follows.
        finish_position: 0 when the seat went out first, 1 second; None when it did not go out.
        for_us: whether the host moved for us: it is our seat, and we have sent no action.
    """

    seat: int
    cards: tuple[int, ...]
    suit: int | None
    drawn: int
    next_seat: int
    finish_position: int | None
    for_us: bool = False


@dataclass(frozen=True, slots=True)
class MovedMeanwhile:
    """While there was no connection our seat has moved: these cards left our hand, or came."""

    left: tuple[int, ...]
    came: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StateChanged:
    """The public state of the table is new: it is ``public``."""

    public: PublicView | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class TurnStarted:
    """It is the turn of ``seat``."""

    seat: int
    turn: int


@dataclass(frozen=True, slots=True)
class TimeTold:
    """The turn that goes on has ``seconds`` left."""

    seconds: int


@dataclass(frozen=True, slots=True)
class GameOver:
    """The game is over: ``survivor`` lost (None when no seat did), ``finish_order[0]`` won."""

    survivor: int | None
    finish_order: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """The host refused our action, about ``cards`` if any; nothing changed."""

    code: ErrorCode
    cards: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Rejected:
    """The host's final answer to our HELLO is no: no seat, or not ours any more."""

    code: ErrorCode


@dataclass(frozen=True, slots=True)
class HostTooNew:
    """The host plays by version ``spec`` of the rules, which this client does not know: leave."""

    spec: int


@dataclass(frozen=True, slots=True)
class PlaysElsewhere:
    """Our seat is played from another connection now: this one is over, and must not come back."""


@dataclass(frozen=True, slots=True)
class Announced:
    """A line of text for people, cleaned; still not markup."""

    text: str


@dataclass(frozen=True, slots=True)
class ProofAnnounced:
    """A part of the deal's proof arrived: look at ``proof``."""


@dataclass(frozen=True, slots=True)
class Resyncing:
    """What we hold does not fit together, so that the session asked the host for everything."""

    reason: str


Update: TypeAlias = (
    Welcomed
    | RosterChanged
    | PlayerGone
    | GameStarted
    | HandChanged
    | Moved
    | MovedMeanwhile
    | StateChanged
    | TurnStarted
    | TimeTold
    | GameOver
    | Refused
    | Rejected
    | HostTooNew
    | PlaysElsewhere
    | Announced
    | ProofAnnounced
    | Resyncing
)
