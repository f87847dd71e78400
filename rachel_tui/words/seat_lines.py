"""What is shown of every seat: name, cards, presence, place."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from rachel.client.session import ClientSession
from rachel.rubp import Platform, platform_name

_BOT_NAMED: Final = "Bot "
"""How the names of a host's bots begin."""


NO_PLAYER: Final = "The game waits: none of its players is here."


class Presence(Enum):
    """Who acts for a seat; the value is the word shown for it."""

    HERE = ""
    AWAY = "away, a bot plays"
    LEFT = "left, a bot plays"
    LOST = "lost, may return"
    BOT = "bot"
    FREE = "○ a free seat"


@dataclass(frozen=True, slots=True)
class SeatLine:
    """What is shown of one seat.

    Attributes:
        name: cleaned, never markup; empty for a viewer who goes by none.
        cards: cards in the hand, None before the deal.
        presence: who acts for it.
        place: finish position from 0 once its hand is empty, else None.
        to_act: whether it is this seat's turn.
        is_me: whether it is the viewer's own seat.
    """

    name: str
    cards: int | None
    presence: Presence
    place: int | None
    to_act: bool
    is_me: bool

    @property
    def acts(self) -> str:
        """Who acts for the seat, in words; empty when the player does, or the name says it."""
        named = self.presence is Presence.BOT and self.name.startswith(_BOT_NAMED)
        return "" if named else self.presence.value

    @property
    def acts_short(self) -> str:
        """The same in one word."""
        return self.acts.partition(",")[0]


def empty_table(taken: Sequence[str], free: int, *, me: str | None = None) -> tuple[SeatLine, ...]:
    """Return the seats of a table before the deal: ``me``, if given, the others, the free ones."""
    mine = [] if me is None else [SeatLine(me, None, Presence.HERE, None, to_act=False, is_me=True)]
    others = [
        SeatLine(name, None, Presence.HERE, None, to_act=False, is_me=False) for name in taken
    ]
    nobody = SeatLine("", None, Presence.FREE, None, to_act=False, is_me=False)
    return (*mine, *others, *[nobody] * free)


def seat_lines(session: ClientSession) -> tuple[SeatLine, ...]:
    """Return a line for every seat, in seat order; before the deal only for the seats taken."""
    public = session.public
    lines = []
    for seat, name in enumerate(session.names):
        if public is None:
            if seat not in session.present:
                continue
            cards, place, to_act = None, None, False
        else:
            cards = public.hand_counts[seat] if seat < public.seats else None
            order = public.finish_order
            place = order.index(seat) if seat in order else None
            to_act = public.current == seat and not public.is_over
        lines.append(
            SeatLine(name, cards, _presence(session, seat), place, to_act, seat == session.seat)
        )
    return tuple(lines)


def _presence(session: ClientSession, seat: int) -> Presence:
    if is_host_bot(session, seat):
        return Presence.BOT
    if seat == session.seat or seat in session.present:
        return Presence.HERE
    if seat in session.left:
        return Presence.LEFT
    return Presence.LOST if seat in session.lost else Presence.AWAY


def waits_for_players(session: ClientSession) -> bool:
    """Tell whether we watch, and none of the people who play is here: the game stands still.

    One of them is here where we play ourselves, also while a bot acts for us.
    """
    told = session.watches and (session.present or session.watchers)
    return bool(told) and all(is_host_bot(session, seat) for seat in session.present)


def machine_text(session: ClientSession, seat: int) -> str:
    """Return at which kind of machine a seat is played; empty where that is not known."""
    if is_host_bot(session, seat):
        return "bot"
    name = platform_name(session.platforms.get(seat, Platform.UNKNOWN))
    return "" if name == "unknown" else name


def is_host_bot(session: ClientSession, seat: int) -> bool:
    """Tell whether the host plays the seat: its platform is unknown, its name is like Bot Ada."""
    names = session.names
    return (
        session.platforms.get(seat) == Platform.UNKNOWN
        and seat < len(names)
        and names[seat].startswith(_BOT_NAMED)
    )
