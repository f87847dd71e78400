"""What people are shown who come over SSH: the terminal client, in this process.

Only here do the server and a front end meet. A visitor sits down in memory, like a solo player; one
who proves a key plays as the account of that key.
"""

import asyncio
import os
from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from textwrap import wrap
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rachel_server.accounts.account import Account
    from rachel_server.app import Server
    from rachel_server.core.seating import Login
    from rachel_server.edge.ssh import Show
    from rachel_server.edge.ssh_visit import Visit
    from rachel_server.ops.settings import ServerSettings
    from rachel_tui.net.host_api import PublicTable, ReservedSeat
    from rachel_tui.sitting import Place, Sitting

_FRAMES_PER_S: Final = "20"
_NAMELESS_USERS: Final = frozenset({"root", "git", "admin", "user"})
"""User names that clients send when nobody has chosen one."""
_RESERVED: Final = frozenset({"QUIT", "HOME"})
"""Words that name no room here, because people may expect something else of them."""
_PLAIN: Final = frozenset({"plain", "--plain"})
_SAID: Final = frozenset({"HELP", "RULES", "TOP", "LINK", "FORGET"})
"""What is answered with a text."""
_IS_PUBLIC: Final = {"QUICK": True, "SOLO": False}
"""At which tables people are looked for who come back; anywhere, if they ask for nothing."""
_ROOMLESS: Final = frozenset({"", "QUICK", "SOLO"})
_ARGUMENTS_MAX: Final = {"WATCH": 1, "LINK": 1, "FORGET": 1, "ROOM": 1}
_COMMANDS: Final = frozenset({"QUICK", "SOLO", "WATCH", "PLAIN", *_SAID})
_ALIKE: Final = 0.74
"""How near a word must be to a command to be taken for a slip of the finger."""
_LEADERS: Final = 20
_TABLES_MAX: Final = 9
_USAGE_STATUS: Final = 2
_SSH_PORT: Final = 22
_COLUMNS: Final = 80
_INDENT: Final = 23
"""Where the second column of the help begins."""

_HELP: Final = """\
Rachel, the card game: get rid of your cards.
  ssh HOST             a free seat at a table, or the game you have left
  ssh ZOE@HOST         under the name Zoe
  ssh -t HOST quick    a free seat at a public table
  ssh -t HOST CAKE     in the room CAKE, with friends who use the same code
  ssh -t HOST solo     against bots
  ssh -t HOST watch    watch what is played; watch CAKE for the room CAKE
  ssh HOST rules       the rules
  ssh HOST top         the best players
  ssh HOST link CODE   tie your key to an account: its page has the code
  ssh HOST forget      have your key forgotten
  ssh HOST plain       line by line, for screen readers; plain solo, plain CAKE
Without -t, ssh asks for no screen when there is a command: you play line by
line. With an SSH key (ssh-keygen makes one) your seat waits for you, your
games are rated and your name is yours."""

_NO_SEAT: Final = {
    "LOBBY_FULL": "there is no free seat",
    "GAME_IN_PROGRESS": "that table is in the middle of a game",
}
_NEEDS_A_KEY: Final = "You have shown no key: make one with ssh-keygen, and come again."


def visits(server: "Server", settings: "ServerSettings") -> "Show":
    """Return what shows people who come over SSH the table of a server."""
    # Read by Textual when it is first imported, which is now.
    os.environ.setdefault("TEXTUAL_FPS", _FRAMES_PER_S)
    from rachel_tui.far import terminal

    async def show(visit: "Visit") -> int:
        words = [word for word in visit.command.split() if word.lower() not in _PLAIN]
        plain = len(words) < len(visit.command.split())
        goal, *arguments = [words[0].upper(), *words[1:]] if words else [""]
        if goal == "ROOM" and arguments:
            goal, arguments = arguments[0].upper(), arguments[1:]
        elif meant := _slip(goal, server):
            return _misunderstood(visit, f": did you mean {meant.lower()}?")
        if len(arguments) > _ARGUMENTS_MAX.get(goal, 0) or not _is_goal(goal):
            return _misunderstood(visit)
        if goal in _SAID:
            return await _tell(visit, server, goal, arguments)
        plain = plain or not terminal.has_screen(visit.environment)
        return await _play(visit, server, settings, goal, arguments, plain=plain)

    return show


def _is_goal(word: str) -> bool:
    """Tell whether a word, in capitals, is a room's code or another thing to ask for."""
    from rachel.rubp import ROOM_MAX

    if not word:
        return True
    return word.isascii() and word.isalnum() and len(word) <= ROOM_MAX and word not in _RESERVED


def _slip(word: str, server: "Server") -> str:
    """Return the command that was meant by a word that is no room yet; empty if it may be one."""
    if word in _COMMANDS or server.has_room(word):
        return ""
    return next(iter(get_close_matches(word, _COMMANDS, n=1, cutoff=_ALIKE)), "")


def _misunderstood(visit: "Visit", hint: str = "") -> int:
    from rachel.text import clean_text

    typed = clean_text(visit.command, max_bytes=40)
    more = f"For a room of that name: room {typed}" if hint else _HELP
    _say(visit, f"There is no {typed!r} here{hint or '.'}\n{more}")
    return _USAGE_STATUS


# What needs no table


async def _tell(visit: "Visit", server: "Server", goal: str, arguments: list[str]) -> int:
    """Answer with a text; return the exit status."""
    from rachel_tui.plain.text import rules_lines

    match goal:
        case "HELP":
            _say(visit, _HELP)
        case "RULES":
            _say(visit, "\n".join(rules_lines()))
        case "TOP":
            _say(visit, await _leaders(server))
        case _:
            return await _about_key(visit, server, goal, arguments)
    return 0


async def _leaders(server: "Server") -> str:
    from rachel_server.accounts.leaderboard import leaderboard

    page = await leaderboard(server.engine, limit=_LEADERS)
    if not page.items:
        return "Nobody has a rating yet: play with somebody who has an account or a key, too."
    return "\n".join(f"{it.rank:>4}  {it.username:<20} {it.rating:>5}" for it in page.items)


async def _about_key(visit: "Visit", server: "Server", goal: str, arguments: list[str]) -> int:
    """Tie the visitor's key to an account, or forget it; return the exit status."""
    from rachel_server.accounts.errors import AccountError

    if visit.key is None:
        _say(visit, _NEEDS_A_KEY)
        return 1
    if goal == "FORGET":
        return await _forget(visit, server, sure=arguments == ["yes"])
    if not arguments:
        _say(visit, "Write the code behind it: ssh HOST link CODE. Your account's page has it.")
        return _USAGE_STATUS
    try:
        account = await server.keys.link(*visit.key, arguments[0])
    except AccountError as error:
        _say(visit, str(error))
        return 1
    _say(visit, f"Your key opens the account {account.username} from now on.")
    return 0


async def _forget(visit: "Visit", server: "Server", *, sure: bool) -> int:
    assert visit.key is not None
    account = await server.keys.find(visit.key.fingerprint)
    if account is None:
        _say(visit, "There is nothing to forget: your key has no account here.")
        return 1
    if account.email:
        fate = f"Your key opens the account {account.username} no longer; the account stays"
    else:
        fate = f"{account.username} is deleted for good: name, seat, rating and history"
    if not sure:
        _say(visit, f"If you are sure, write: forget yes. {fate}, once you do.")
        return 1
    await server.keys.forget(visit.key.fingerprint)
    _say(visit, f"Your key is forgotten. {fate}.")
    return 0


# The table


async def _play(
    visit: "Visit",
    server: "Server",
    settings: "ServerSettings",
    goal: str,
    arguments: list[str],
    *,
    plain: bool,
) -> int:
    """Show a table, on screens or line by line; return the exit status."""
    from rachel_server.accounts.errors import AccountError
    from rachel_tui.far import play

    name, account, greeting = _name(visit.user), None, ""
    tables: list[PublicTable] = []
    if goal == "WATCH" and not arguments:
        tables = _public_tables(server)
        if not tables:
            _say(visit, "There is no public table to watch now; a private one is: watch CODE.")
            return 1
    elif goal != "WATCH" and visit.key is not None:
        known = await server.keys.find(visit.key.fingerprint)
        try:
            account = known or await server.keys.join(*visit.key, name)
        except AccountError as error:
            _say(visit, str(error))
            return 1
        if known is None:
            greeting = (
                f"Your key is {account.username} here from now on: it brings you back to your seat,"
                " and your games are rated."
            )
        elif known.username.lower() != name.lower():
            greeting = f"Your key is {known.username} here."
        name = account.username
    place = replace(_place(visit, server, settings, goal, arguments, account), greeting=greeting)
    far = visit, place, name, visit.environment, visit.must_leave
    if plain:
        status = await play.play_on_lines(*far, tables)
        _say(visit, visit.farewell and f"{visit.farewell}{_kept(place)}.")
        return status
    return await play.play_on_screens(*far, partial(_last_words, visit, place), tables)


def _place(
    visit: "Visit",
    server: "Server",
    settings: "ServerSettings",
    goal: str,
    arguments: list[str],
    account: "Account | None",
) -> "Place":
    from rachel.rubp import Platform
    from rachel_server.core.lobby import NotSeated
    from rachel_server.core.seating import Login
    from rachel_tui.sitting import Place

    watches, solo = goal == "WATCH", goal == "SOLO"
    room = (arguments or [""])[0].upper() if watches else "" if goal in _ROOMLESS else goal
    loop = asyncio.get_running_loop()

    def open_room() -> str:
        try:
            return server.open_against_bots(visit.address)
        except NotSeated:
            return ""  # the house says no to the HELLO, or has a seat elsewhere

    async def reserve(room: str, anew: bool) -> "ReservedSeat":
        assert account is not None
        assert visit.key is not None
        left = "" if anew else server.room_of(account.id, public=_IS_PUBLIC.get(goal))
        room = room or left or (open_room() if solo else "")
        login = Login(account.id, account.username, visit.key.fingerprint)
        return await _reserve(server, login, room, left=room == left)

    async def begin(room: str, token: bytes) -> bool:
        return server.begin(room, token)

    return Place(
        settings.public_host,
        0,
        None,
        settings.data_dir,
        room,
        dial=partial(server.dial, loop, transport="ssh", address=visit.address),
        platform=Platform.SSH,
        takes_over=True,
        watches=watches,
        invites=_invites(settings),
        reserve=None if account is None else reserve,
        begin=begin,
        open_room=open_room if solo and account is None else None,
    )


def _invites(settings: "ServerSettings") -> str:
    """Return how friends come to a room, with braces for its code."""
    port = settings.ssh_public_port or settings.ssh_port
    by_ssh = f"ssh -t {'' if port == _SSH_PORT else f'-p {port} '}{settings.public_host} {{}}"
    if settings.http_port is None and settings.https_port is None:
        return by_ssh
    return f"{settings.public_url}/t/{{}}  or  {by_ssh}"


async def _reserve(server: "Server", login: "Login", room: str, *, left: bool) -> "ReservedSeat":
    """Have a seat kept for an account; ``left`` tells whether it has left a game there.

    Raises:
        NoSeat: there is none.
    """
    from rachel_server.core.lobby import NotSeated
    from rachel_tui.net.host_api import NoSeat, ReservedSeat

    try:
        kept = await server.reserve(room, login)
    except NotSeated as refusal:
        raise NoSeat(refusal.code.name.lower(), _NO_SEAT[refusal.code.name]) from None
    except TimeoutError:
        raise NoSeat("busy", "the server is busy: try again in a moment") from None
    return ReservedSeat(kept.room, kept.game_id, kept.token, left=left)


def _public_tables(server: "Server") -> "list[PublicTable]":
    """Return what can be watched, running games first."""
    from rachel.rubp import Phase
    from rachel_tui.net.host_api import PublicTable

    found = []
    for table in server.public_tables():
        names = ", ".join(seat.name for _, seat in table.seats.taken())
        runs = table.phase is Phase.PLAYING
        found.append(
            (not runs, PublicTable(table.room, f"{'playing' if runs else 'waiting'}: {names}"))
        )
    return [table for _, table in sorted(found, key=lambda it: it[0])][:_TABLES_MAX]


def _name(user: str) -> str:
    from rachel.text import NAMELESS, ascii_name

    return NAMELESS if user.lower() in _NAMELESS_USERS else ascii_name(user)


def _last_words(visit: "Visit", place: "Place", sitting: "Sitting | None") -> str:
    """Return what is left to read when the screens are gone."""
    if visit.farewell:
        return f"{visit.farewell}{_kept(place)}."
    if sitting is None or not sitting.game_runs or place.watches:
        return ""
    if not place.keeps_seats:
        return "A bot plays on for you. With an SSH key your seat would wait for you."
    return "Your game is kept: come back with the same key to continue it."


def _kept(place: "Place") -> str:
    return ": your seat is kept" if place.keeps_seats else ""


def _say(visit: "Visit", text: str) -> None:
    """Write lines, which a terminal would else break in the middle of words."""
    columns = min(visit.size[0] or _COLUMNS, _COLUMNS)
    for line in text.split("\n") if text else []:
        indent = " " * _INDENT if line.startswith(" ") and columns > 2 * _INDENT else ""
        broken = wrap(line, columns - 1, subsequent_indent=indent, drop_whitespace=True)
        lines = broken if visit.size[0] else [line]
        visit.write("".join(f"{it}\r\n" for it in lines or [""]).encode())
