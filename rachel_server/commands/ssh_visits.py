"""What people are shown who come over SSH: the terminal client, in a worker's process.

Only here and in the worker do the server and a front end meet. A visitor who proves a key plays as
the account of that key.
"""

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from textwrap import wrap
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rachel_server.commands.ssh_guest import Host
    from rachel_server.edge.ssh import Show
    from rachel_server.edge.ssh_desk import Desk
    from rachel_server.edge.ssh_visit import Visit
    from rachel_tui.net.host_api import PublicTable
    from rachel_tui.place import Place

_RESERVED: Final = frozenset({"QUIT"})
"""Words that name no room here, because people may expect something else of them."""
_PLAIN: Final = frozenset({"plain", "--plain"})
_SAID: Final = frozenset({"HELP", "RULES", "TOP", "LINK", "FORGET"})
"""What is answered with a text."""
_IS_PUBLIC: Final = {"QUICK": True, "SOLO": False}
"""At which tables people are looked for who come back; anywhere, if they ask for nothing."""
_ROOMLESS: Final = frozenset({"", "QUICK", "SOLO"})
_ARGUMENTS_MAX: Final = {"WATCH": 1, "LINK": 1, "FORGET": 1, "ROOM": 1}
_COMMANDS: Final = frozenset({"HOME", "QUICK", "SOLO", "WATCH", "PLAIN", *_SAID})
_ALIKE: Final = 0.74
"""How near a word must be to a command to be taken for a slip of the finger."""
_USAGE_STATUS: Final = 2
_COLUMNS: Final = 80
_INDENT: Final = 23
"""Where the second column of the help begins."""

_HELP: Final = """\
Rachel, the card game: get rid of your cards.
  ssh HOST             home: play, watch, learn, or continue the game you left
  ssh ZOE@HOST         under the name Zoe
  ssh -t HOST quick    a free seat at a public table
  ssh -t HOST CAKE     in the room CAKE, with friends who use the same code
  ssh -t HOST solo     against bots
  ssh -t HOST watch    watch what is played; watch CAKE for the room CAKE
  ssh HOST rules       the rules
  ssh HOST top         the best players
  ssh HOST link CODE   tie your key to an account: its page has the code
  ssh HOST forget      have your key forgotten
  ssh HOST plain       line by line, for screen readers; plain solo, plain CAKE,
                       plain home for a menu
Without -t, ssh asks for no screen when there is a command: you play line by
line. With an SSH key (ssh-keygen makes one) your seat waits for you, your
games are rated and your name is yours."""

_NEEDS_A_KEY: Final = "You have shown no key: make one with ssh-keygen, and come again."


def shown_by(host: "Host") -> "Show":
    """Return what shows people who come over SSH the tables of a host."""
    # All that a table needs: the first visitor is not to wait for it.
    from rachel_server.commands import ssh_guest  # noqa: F401
    from rachel_tui.far import play, terminal  # noqa: F401
    from rachel_tui.screens import (  # noqa: F401
        ask,
        game_questions,
        home,
        leaders,
        lessons,
        obstacles,
        result,
        table,
        waiting,
    )

    async def show(visit: "Visit") -> int:
        words = [word for word in visit.command.split() if word.lower() not in _PLAIN]
        plain = len(words) < len(visit.command.split())
        goal, *arguments = [words[0].upper(), *words[1:]] if words else [""]
        if goal == "ROOM" and arguments:
            goal, arguments = arguments[0].upper(), arguments[1:]
        elif meant := await _slip(goal, host.desk):
            return _misunderstood(visit, f": did you mean {meant.lower()}?")
        if len(arguments) > _ARGUMENTS_MAX.get(goal, 0) or not _is_goal(goal):
            return _misunderstood(visit)
        if goal in _SAID:
            return await _tell(visit, host.desk, goal, arguments)
        plain = plain or not terminal.has_screen(visit.environment)
        return await _play(visit, host, goal, arguments, plain=plain)

    return show


def _is_goal(word: str) -> bool:
    """Tell whether a word, in capitals, is a room's code or another thing to ask for."""
    from rachel.rubp import ROOM_MAX

    if not word:
        return True
    return word.isascii() and word.isalnum() and len(word) <= ROOM_MAX and word not in _RESERVED


async def _slip(word: str, desk: "Desk") -> str:
    """Return the command that was meant by a word that is no room yet; empty if it may be one."""
    if word in _COMMANDS or await desk.has_room(word):
        return ""
    return next(iter(get_close_matches(word, _COMMANDS, n=1, cutoff=_ALIKE)), "")


def _misunderstood(visit: "Visit", hint: str = "") -> int:
    from rachel.text import clean_text

    typed = clean_text(visit.command, max_bytes=40)
    more = f"For a room of that name: room {typed}" if hint else _HELP
    _say(visit, f"There is no {typed!r} here{hint or '.'}\n{more}")
    return _USAGE_STATUS


# What needs no table


async def _tell(visit: "Visit", desk: "Desk", goal: str, arguments: list[str]) -> int:
    """Answer with a text; return the exit status."""
    from rachel_server.commands.ssh_guest import leaders
    from rachel_tui.plain.text import rules_lines

    match goal:
        case "HELP":
            _say(visit, _HELP)
        case "RULES":
            _say(visit, "\n".join(rules_lines()))
        case "TOP":
            _say(visit, "\n".join(await leaders(desk)))
        case _:
            return await _about_key(visit, desk, goal, arguments)
    return 0


async def _about_key(visit: "Visit", desk: "Desk", goal: str, arguments: list[str]) -> int:
    """Tie the visitor's key to an account, or forget it; return the exit status."""
    from rachel_server.edge.ssh_desk import Refused

    if visit.key is None:
        _say(visit, _NEEDS_A_KEY)
        return 1
    key, kind = visit.key
    if goal == "FORGET":
        return await _forget(visit, desk, key.hex(), sure=arguments == ["yes"])
    if not arguments:
        _say(visit, "Write the code behind it: ssh HOST link CODE. Your account's page has it.")
        return _USAGE_STATUS
    try:
        account = await desk.link(key.hex(), kind, arguments[0])
    except Refused as refusal:
        _say(visit, str(refusal))
        return 1
    _say(visit, f"Your key opens the account {account.name} from now on.")
    return 0


async def _forget(visit: "Visit", desk: "Desk", key: str, *, sure: bool) -> int:
    account = await desk.find(key)
    if account is None:
        _say(visit, "There is nothing to forget: your key has no account here.")
        return 1
    if account.key_only:
        fate = f"{account.name} is deleted for good: name, seat, rating and history"
    else:
        fate = f"Your key opens the account {account.name} no longer; the account stays"
    if not sure:
        _say(visit, f"If you are sure, write: forget yes. {fate}, once you do.")
        return 1
    await desk.forget(key)
    _say(visit, f"Your key is forgotten. {fate}.")
    return 0


# The table


async def _play(
    visit: "Visit", host: "Host", goal: str, arguments: list[str], *, plain: bool
) -> int:
    """Show a table, or home; on screens, or line by line. Return the exit status."""
    from rachel_server.commands.ssh_guest import received
    from rachel_server.edge.ssh_desk import Refused
    from rachel_tui.far import play
    from rachel_tui.home import Home

    watches = goal == "WATCH"
    try:
        guest = await received(visit, host, knows_key=not watches)
    except Refused as refusal:
        _say(visit, str(refusal))
        return 1
    tables: Sequence[PublicTable] = ()
    start: Place | Home
    if watches:
        if not arguments and not (tables := await guest.tables()):
            _say(visit, "There is no public table to watch now; a private one is: watch CODE.")
            return 1
        start = guest.place("".join(arguments).upper(), watches=True)
    elif goal == "HOME" or (not goal and "TERM" in visit.environment):
        await guest.look()
        start = guest.home()
    else:
        room = "" if goal in _ROOMLESS else goal
        start = replace(guest.place(room, public=_IS_PUBLIC.get(goal)), greeting=guest.greeting)
    far = visit, start, guest.own_settings(), visit.environment, visit.must_leave
    if not plain:
        return await play.play_on_screens(*far, guest.last_words, tables)
    if isinstance(start, Home):
        _say(visit, guest.greeting)
    status = await play.play_on_lines(*far, tables)
    _say(visit, visit.farewell and guest.last_words(None))
    return status


def _say(visit: "Visit", text: str) -> None:
    """Write lines, which a terminal would else break in the middle of words."""
    columns = min(visit.size[0] or _COLUMNS, _COLUMNS)
    for line in text.split("\n") if text else []:
        indent = " " * _INDENT if line.startswith(" ") and columns > 2 * _INDENT else ""
        broken = wrap(line, columns - 1, subsequent_indent=indent, drop_whitespace=True)
        lines = broken if visit.size[0] else [line]
        visit.write("".join(f"{it}\r\n" for it in lines or [""]).encode())
