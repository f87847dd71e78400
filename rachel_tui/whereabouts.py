"""Where a sitting is: how friends come to its table, and what a screen calls it."""

from rachel_tui.net.connection import LinkState
from rachel_tui.sitting import Sitting


def invitation(sitting: Sitting) -> str:
    """Return what friends type or open to come to the table; empty if they cannot come."""
    place, room = sitting.place, sitting.session.room
    if place.solo or not room:
        return ""
    tls = " --tls" if place.tls else ""
    by_terminal = f"rachel play {sitting.connection.where} --room {room}{tls}"
    return place.invites.replace("{}", room) if place.invites else by_terminal


def link(sitting: Sitting) -> str:
    """Return the address that a phone opens to come to the table; empty if there is none."""
    first, _, _ = invitation(sitting).partition(" ")
    return first if first.startswith(("http://", "https://")) else ""


def line_state(sitting: Sitting) -> LinkState | None:
    """Return how the line to the table stands; None where none is needed: alone, or no seat."""
    return None if sitting.place.solo or sitting.problem else sitting.connection.state


def place_text(sitting: Sitting) -> str:
    """Return in a few words which table it is, and how many watch."""
    if sitting.place.solo:
        return "solo against bots"
    session = sitting.session
    where = f"room {session.room}" if session.room else sitting.place.host
    if session.watches:
        where = f"you watch {where}"
    elif sitting.guest_because:
        where = f"{where}, as a guest"
    return f"{where} · {session.watchers} watching" if session.watchers else where
