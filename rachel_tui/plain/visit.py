"""A visit in lines: to one table, and from one that is watched to a seat there."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from rachel_tui.place import Place
from rachel_tui.plain.dialogue import Dialogue
from rachel_tui.plain.lines import Lines


async def visit(
    place: Place,
    name_at: Callable[[Place], Awaitable[str]],
    say: Callable[[str], None],
    lines: Lines,
    *,
    scripted: Callable[[], bool],
    order: str,
) -> int:
    """Play or watch at a place, and where the player goes on from there, until they leave.

    Return the exit status: 0, or 1 after a failure, which has been said.

    Args:
        place: where it begins.
        name_at: returns the player's name at a place, and may ask for it.
        say: says a line.
        lines: what is typed.
        scripted: see `Dialogue`.
        order: see `Dialogue`.

    Raises:
        WentBack: the player does not want to say their name.
    """
    watched: Place | None = None
    while True:
        name = await name_at(place)
        dialogue = Dialogue(place, name, say, scripted=scripted, order=order, watched=watched)
        status = await dialogue.run(lines)
        if dialogue.next_place is None:
            return status
        watched = replace(place, room=dialogue.sitting.session.room) if place.watches else None
        place = dialogue.next_place
