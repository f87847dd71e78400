"""The lobby of a host: what waits and what runs there, and how to get a table."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from rachel.address import names_port, parse_address
from rachel_tui.hosts import Hosts
from rachel_tui.net.host_request import HostTrouble, NoSuchHost
from rachel_tui.net.host_urls import (
    HostUrl,
    called_host,
    invitation_in,
    named_host,
)
from rachel_tui.net.lobby import Lobby, LobbyTable, NewTable, is_new_room, open_table, visit_lobby
from rachel_tui.net.reach import NAME_GONE
from rachel_tui.place import Place
from rachel_tui.screens.ask import AskScreen
from rachel_tui.screens.detailed_menu import DetailedMenuScreen
from rachel_tui.screens.game_questions import SeatQuestion
from rachel_tui.screens.host_account import HostAccount
from rachel_tui.screens.lobby_tables import offer_content, shorter_lines, table_detail, table_line
from rachel_tui.screens.menu import Row, sentence
from rachel_tui.screens.new_table import NewTableScreen
from rachel_tui.widgets.details import Detail
from rachel_tui.widgets.settings import settings_of
from rachel_tui.words.account import plan_text
from rachel_tui.words.room_codes import JOIN_TEXT, code_problem
from rachel_tui.words.seat_lines import empty_table

_RENEWED_S: Final = 5.0
_TABLES_MAX: Final = 9
_USUAL_SEATS: Final = 4
_NO_TABLES: Final = "No public table waits or plays there now. Play opens one."
_JOIN_TEXT: Final = f"{JOIN_TEXT} The link of a table here does, too."
_KEPT: Final = (
    "You left a game in room {}, and your seat is kept. While others play, a bot takes your turns."
)
_OFFERS: Final = {
    "a": "Somebody may have switched it on, or this machine is online again.",
    "f": "It is no longer listed among the hosts that you know. What you played there stays in "
    "your replays and statistics.",
    "p": "A free seat at a public table, or a table of your own that others find. Bots take the "
    "seats that stay free.",
    "j": "Friends who use the same code meet at the same table. A new code opens a private one.",
    "w": "You see what all may see: the table, and nobody's hand.",
    "l": "With an account of this host, games with other accounts are rated: against guests and "
    "bots alone, none is. Without one you play as a guest.",
    "o": "As many seats as you like, some of them for bots, with or without a clock, for those who "
    "have the code or for everybody.",
}
"""What the rows that are no tables lead to, by their keys."""


class LobbyScreen(DetailedMenuScreen):
    """Offers the tables of a host; asks it every few seconds while it is shown."""

    def __init__(
        self,
        hosts: Hosts,
        visit: Callable[[Place], None],
        address: str,
        room: str = "",
        *,
        tls: bool,
    ) -> None:
        """Show the lobby of the host that ``address`` names, and go on to a ``room`` at once.

        ``visit`` sits down, or watches; the next key is for the screen that it opens.
        """
        super().__init__()
        self._visit_place = visit
        self._room = room
        self._hosts = hosts
        self._address = address
        self._tls = tls
        self._lobby: Lobby | None = None
        self._trouble = ""
        self._is_gone = False  # no machine has this name, so that nothing can be done here
        self._asks = False  # for a table of one's own, or for a login
        self._latest_room = ""  # where the player was last, to come back to
        self._new_room = ""  # of which the player has been told that it is new
        self._urls = hosts.urls(address)
        self._account = HostAccount(self, hosts, address, self.say, self.renew)

    def frame_title(self) -> str:
        """Return whose lobby it is."""
        return called_host(self._address)

    def head(self) -> ComposeResult:
        """Yield who one is there."""
        yield Static(id="who", classes="menu-text", markup=False)

    def on_mount(self) -> None:
        """Ask the host, now and again."""
        self.say("Asking who plays there…", stays=True)
        self._ask_host()
        self.set_interval(_RENEWED_S, self._ask_host)

    def on_screen_resume(self) -> None:
        """Offer what there is now: a seat may have been kept; and ask the host at once."""
        if self._rows:
            self.renew()
        self._ask_host()

    def _ask_host(self) -> None:
        if self.is_current:
            self.run_worker(self._renew_lobby(), group="asking", exclusive=True)

    async def _renew_lobby(self) -> None:
        urls = self._urls if self._lobby is None else [self._lobby.url]
        before = self._lobby, self._trouble
        self._is_gone = False
        try:
            self._lobby, self._trouble = await visit_lobby(urls), ""
        except NoSuchHost as trouble:
            self._is_gone = True
            self._lobby, self._trouble = None, f"{sentence(str(trouble))} {NAME_GONE}"
        except HostTrouble as trouble:
            self._lobby, self._trouble = None, _silence(trouble, self._address)
        if self._room:
            room, self._room = self._room, ""
            self._visit(room)
        if before == (self._lobby, self._trouble):
            return
        if self._trouble:
            self.say(self._trouble, stays=True)
        else:
            empty = self._lobby is not None and not self._lobby.tables
            self.say(_NO_TABLES if empty else "", stays=True)
        self.renew()

    def renew(self) -> None:
        """Show what there is now."""
        login = self._account.login
        name = settings_of(self).name
        guest = f"You come as {name}, a guest." if name else "You come as a guest."
        who = guest if login is None else f"You play as {login.username}."
        self.query_one("#who", Static).update(who)
        super().renew()

    def rows(self) -> Sequence[Row]:
        """Return what can be done, and the public tables with a digit each."""
        if self._is_gone:
            return [
                Row("a", "Ask again", "every few seconds anyway", self._ask_host),
                Row("f", "Forget this host", "take it off the list", self._forget),
            ]
        rows = [
            Row(
                "p",
                "Play",
                self._offer(),
                partial(self._visit, ""),
                shorter=(self._offer(short=True),),
            ),
            Row(
                "j",
                "Join by code",
                "or name a room of your own",
                self._ask_code,
                shorter=("or a room of your own",),
            ),
            Row("w", "Watch by code", "", self._ask_watched),
        ]
        lobby = self._lobby
        if lobby is None:
            return rows
        rows.append(
            Row(
                "o",
                "Open a table",
                "for how many, and for whom",
                partial(self._ask_table, lobby.url),
                shorter=("how large, and for whom",),
            )
        )
        rows += self._account.rows(lobby)
        return rows + [
            Row(
                str(number),
                *table_line(table),
                partial(self._go_to, table),
                "Tables" if number == 1 else "",
                table,
                shorter_lines(table),
            )
            for number, table in enumerate(lobby.tables[:_TABLES_MAX], start=1)
        ]

    def detail(self, row: Row) -> Detail:
        """Return who sits at a table, or what a row leads to and what the host has to offer."""
        if isinstance(row.subject, LobbyTable):
            return table_detail(row.subject, settings_of(self).key("choose"))
        login = self._account.login
        name = settings_of(self).name if login is None else login.username
        seats = empty_table((), _USUAL_SEATS - 1, me=name)
        if row.key == "p" and (kept := self._kept_room()):
            return Detail(row.text, Content(_KEPT.format(kept)), seats)
        sends_mail = self._lobby is None or self._lobby.sends_mail
        about = _OFFERS.get(row.key) or plan_text(sends_mail=sends_mail)
        return Detail(row.text, offer_content(about, self._lobby), seats)

    def _forget(self) -> None:
        self._hosts.forget(self._address)
        self.dismiss()

    # --- what was chosen ---------------------------------------------------------------------

    def _offer(self, *, short: bool = False) -> str:
        kept = self._kept_room()
        if kept:
            return f"go on in room {kept}"
        return "a free seat, or bots" if short else "a free seat, or against bots"

    def _place(self, room: str, *, watches: bool = False) -> Place:
        return self._hosts.place(
            self._address, room, tls=self._tls, watches=watches, lobby=self._lobby
        )

    def _kept_room(self) -> str:
        return self._hosts.kept_room(self._place(""))

    def _visit(self, room: str) -> None:
        """Sit down, after a question to one who would give up a seat that is kept."""
        self._latest_room = room or self._latest_room
        kept = self._kept_room()
        if room and kept not in ("", room):
            self.app.push_screen(SeatQuestion(kept, room), self._sit_down)
        else:
            self._sit_down(room)

    def _sit_down(self, room: str | None) -> None:
        if room is not None:
            self._visit_place(self._place(room))

    def _watch(self, room: str) -> None:
        self._visit_place(self._place(room, watches=True))

    def _go_to(self, table: LobbyTable) -> None:
        if (table.waits and table.free) or table.code == self._kept_room():
            self._visit(table.code)
        elif table.may_watch:
            self._watch(table.code)
        else:
            self.say("There is no free seat, and its players let nobody watch.")

    def _ask_code(self) -> None:
        self._new_room = ""
        question = AskScreen(
            "Join by code",
            _JOIN_TEXT,
            self._code_problem,
            seek=self._told_new,
            offered=self._latest_room,
        )
        self.app.push_screen(question, self._take_code)

    def _code_problem(self, typed: str) -> str:
        """Return what is wrong with a code, or with the link of a table, which may be one here."""
        host, code = invitation_in(typed)
        try:
            elsewhere = code and _machine(host) != _machine(self._address)
        except ValueError as problem:
            return str(problem)
        if elsewhere:
            return "that link leads to another host: choose Another host for it"
        return code_problem(code or typed)

    async def _told_new(self, typed: str) -> str:
        """Say of a room that it is new; return nothing when that has been said."""
        code = _code_in(typed)
        if self._lobby is None or code == self._new_room:
            return ""
        if not await is_new_room(self._lobby.url, code):
            return ""
        self._new_room = code
        return f"no room {code} here yet: Enter opens it"

    def _take_code(self, typed: str | None) -> None:
        if typed is not None:
            self._visit(_code_in(typed))

    def _ask_watched(self) -> None:
        question = AskScreen("Watch by code", "The code of the table:", code_problem)
        self.app.push_screen(question, self._take_watched)

    def _take_watched(self, code: str | None) -> None:
        if code is not None:
            self._watch(code.upper())

    def _ask_table(self, url: HostUrl) -> None:
        self.app.push_screen(NewTableScreen(), partial(self._take_table, url))

    def _take_table(self, url: HostUrl, table: NewTable | None) -> None:
        if table is not None and not self._asks:
            self._asks = True
            self.say("Opening a table…")
            self.run_worker(self._open(url, table))

    async def _open(self, url: HostUrl, table: NewTable) -> None:
        try:
            self._visit(await open_table(url, self._account.login, table))
        except HostTrouble as trouble:
            self.say(sentence(str(trouble)))
        finally:
            self._asks = False


def _machine(address: str) -> str:
    """Return the host of an address, without its ports."""
    return parse_address(named_host(address))[0].lower()


def _code_in(typed: str) -> str:
    """Return the code of a room that was typed, or is in the link of its table."""
    return invitation_in(typed)[1] or typed.upper()


def _silence(trouble: HostTrouble, address: str) -> str:
    """Return why a host does not say who plays there, and what can be done."""
    if names_port(named_host(address)):
        return (
            f"{address} may be a port for games: try Play. Tables, logins and links are at the "
            "pages of a host, which are not found: for them, type the link that its owner has."
        )
    return (
        f"The host does not say who plays there: {trouble}. "
        "Games may be there all the same: try Play."
    )
