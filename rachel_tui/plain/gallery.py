"""Which of a host's tables to watch, asked in lines."""

from collections.abc import Callable, Sequence

from rachel_tui.net.host_api import PublicTable
from rachel_tui.plain.commands import Query, query_of
from rachel_tui.plain.lines import Lines


async def ask_table(
    tables: Sequence[PublicTable], lines: Lines, say: Callable[[str], None]
) -> str | None:
    """Ask which of some tables to watch; return its code, None when the answer is to leave."""
    for number, table in enumerate(tables, start=1):
        say(f"{number}: {table.code}, {table.story}.")
    answers = {table.code: table.code for table in tables}
    answers |= {str(number): table.code for number, table in enumerate(tables, start=1)}
    say("Which table? Type its number, or back.")
    while (line := await lines.get()) is not None and query_of(line) is not Query.QUIT:
        if code := answers.get(line.strip().upper()):
            return code
        numbers = "1" if len(tables) == 1 else f"a number from 1 to {len(tables)}"
        say(f"Type {numbers}, or back.")
    say("You leave.")
    return None
