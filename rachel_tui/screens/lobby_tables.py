"""What the lobby of a host says of its tables, in its list and beside it."""

from collections.abc import Sequence

from textual.content import Content

from rachel_tui.net.lobby import Lobby, LobbyTable
from rachel_tui.widgets.details import Detail
from rachel_tui.words.hints import plural
from rachel_tui.words.seat_lines import empty_table


def table_line(table: LobbyTable, names: str = "") -> tuple[str, str]:
    """Return name and story of a table, with its players as ``names`` says, or else one by one."""
    names = names or ", ".join(table.players) or "nobody yet"
    if table.waits:
        return f"{table.code:<8} waits", f"{plural(table.free, 'free seat')} · {names}"
    if table.deserted:
        return f"{table.code:<8} paused", f"its players have gone · {names}"
    return f"{table.code:<8} plays", f"{names}{'' if table.may_watch else ' · unwatched'}"


def shorter_lines(table: LobbyTable) -> Sequence[str]:
    """Return the story of a table in fewer words: one of its players is named, then none."""
    first, others = next(iter(table.players), ""), len(table.players) - 1
    forms = [f"{first} and {plural(others, 'other')}"] if others > 0 else []
    forms += [plural(len(table.players), "player")] if first else []
    return [table_line(table, names)[1] for names in forms]


def table_detail(table: LobbyTable, key: str) -> Detail:
    """Return who sits at a table, and what the ``key`` that chooses does there."""
    if table.waits and table.free:
        state, offer = f"It waits: {plural(table.free, 'free seat')}.", f"{key} takes one."
    elif table.waits:
        state, offer = "It is full, and begins soon.", _watched(table, key)
    elif table.deserted:
        state, offer = "The game stands still: its players have gone.", _watched(table, key)
    else:
        state, offer = "A game runs.", _watched(table, key)
    text = Content.assemble((f"{state} ", "bold"), offer)
    return Detail(f"Table {table.code}", text, empty_table(table.players, table.free))


def offer_content(text: str, lobby: Lobby | None) -> Content:
    """Return what a row of the lobby leads to, and how many tables there are."""
    if lobby is None or not lobby.tables:
        return Content(text)
    waiting = [table for table in lobby.tables if table.waits]
    free, runs = sum(table.free for table in waiting), len(lobby.tables) - len(waiting)
    now = f"{len(waiting)} waiting, with {plural(free, 'free seat')}" if waiting else "none waiting"
    playing = f"; {runs} with a game" if runs else ""
    return Content.assemble(text, ("\n\nPublic tables: ", "$faint"), f"{now}{playing}.")


def _watched(table: LobbyTable, key: str) -> str:
    return f"{key} watches it." if table.may_watch else "Its players let nobody watch."
