"""Before the game: finding the host, and waiting for the others."""

from collections.abc import Callable
from functools import lru_cache
from time import monotonic
from typing import Any, ClassVar, Final, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from rachel.address import DEFAULT_PORT
from rachel.client.session import ClientSession
from rachel.rubp import Phase
from rachel_tui.bound import bound
from rachel_tui.net.connection import LinkState
from rachel_tui.net.refusals import PLAYS_ELSEWHERE
from rachel_tui.screens.menu import sentence
from rachel_tui.screens.wrong_keys import AnswersWrongKeys
from rachel_tui.sitting import Sitting
from rachel_tui.whereabouts import invitation, line_state, link, place_text
from rachel_tui.widgets.key_line import KeyLine
from rachel_tui.widgets.log import GameLog
from rachel_tui.widgets.qr import qr_rows
from rachel_tui.widgets.settings import settings_of
from rachel_tui.widgets.status import TitleLine, clock_shows, clock_text
from rachel_tui.widgets.word_felt import WordFelt
from rachel_tui.words.hints import GOAL, plural
from rachel_tui.words.seat_lines import machine_text, seat_lines

_ROWS_BESIDE_QR: Final = 3
"""Title, footer, and a row of air."""
_COLUMNS_BESIDE_QR: Final = 44
_ROWS_BESIDE_ROSTER: Final = 15
"""All others on a screen that shows the code in cards."""
_GOAL_ROWS: Final = 30
_FELT_ROWS: Final = 36
_STORY_ROWS: Final = 46
"""From so many rows on there is room for the goal of the game, for a felt, for the story."""
_COPY: Final = "copy how friends come here"
TAKE_A_SEAT: Final = "take a seat instead of watching"
_WATCH: Final = "watch that game instead"
_START: Final = "begin now: bots take free seats"


class WaitingScreen(AnswersWrongKeys):
    """Shows how far the connection and the table have come, and how friends come there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("again", "app.new_game", "New table", tooltip="look for a seat again"),
        bound(
            "again",
            "app.sit_down",
            "Sit down",
            show=True,
            key_display="enter",
            tooltip=TAKE_A_SEAT,
        ),
        bound("watch", "app.watch_instead", "Watch", show=True, tooltip=_WATCH),
        bound("start", "start_now", "Start now", show=True, tooltip=_START),
        bound(
            "invite",
            "copy_invitation",
            "Copy that",
            show=True,
            tooltip=_COPY,
        ),
        bound("rules", "app.rules", "Rules", show=True, tooltip="the rules"),
        bound("help", "app.help", "Keys", show=True, tooltip="the keys"),
        bound("leave", "app.leave", "Leave", show=True, tooltip="leave the table"),
        bound("back", "app.leave", "Leave", tooltip="leave the table"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._title = TitleLine()
        self._headline = Static(id="headline", markup=False)
        self._room = Static(id="room", markup=False)
        self._code = WordFelt(_FELT_ROWS)
        self._seats = Static(id="roster")
        self._goal = Static(id="goal", markup=False)
        self._log = GameLog()
        self._qr = Static(id="qr")
        self._sitting: Sitting | None = None
        self._ticking: Timer | None = None

    def show(self, sitting: Sitting) -> None:
        """Show how far ``sitting`` has come."""
        self._sitting = sitting
        session, friends = sitting.session, invitation(sitting)
        waits = session.phase is Phase.WAITING and sitting.online and not sitting.problem
        self._title.where = place_text(sitting)
        self._title.link = line_state(sitting)
        self._say_what_for()
        self._seats.display = waits
        self._seats.update(roster(session))
        self._room.display = waits and bool(friends)
        fits = self.app.size.height >= session.seats + _ROWS_BESIDE_ROSTER
        self._code.display = self._room.display and fits
        how = ("The code of this room. Friends come by:\n", "$faint")
        self._room.update(Content.assemble(how, (friends, "bold $caret")))
        self._code.spell(session.room if friends else "")
        rows = self.app.size.height if waits and friends else _STORY_ROWS
        self._goal.update(advice_text(sitting, settings_of(self).key))
        self._goal.display = rows >= _GOAL_ROWS
        told = tuple(sitting.story.sentences)
        self._log.display = rows >= _STORY_ROWS and bool(told)
        self._log.sentences = told
        self._show_qr(link(sitting) if waits else "")
        self.refresh_bindings()

    def _say_what_for(self) -> None:
        """Say what is waited for, and again when its clock shows something else."""
        if self._ticking is not None:
            self._ticking.stop()
            self._ticking = None
        if self._sitting is None:
            return
        self._headline.update(waiting_text(self._sitting, settings_of(self).key))
        seconds, lasts_s = _left(self._sitting)
        if seconds:
            self._ticking = self.set_timer(lasts_s, self._say_what_for)

    def _show_qr(self, address: str) -> None:
        """Show how phones come to the table, where there is room for it to be read."""
        app, size = cast("Any", self.app), self.app.size
        drawn = bool(address) and app.colours != "none" and not app.in_ascii
        rows = qr_rows_of(address) if drawn else ()
        fits = bool(rows) and len(rows) + _ROWS_BESIDE_QR <= size.height
        self._qr.display = fits and rows[0].cell_length + _COLUMNS_BESIDE_QR <= size.width
        self._qr.update(Content("\n").join(rows))

    def compose(self) -> ComposeResult:
        """Yield title, code, headline, seats, story, and the QR code beside them."""
        yield self._title
        with Horizontal(id="waiting"):
            with Vertical():
                yield self._code
                yield self._headline
                yield self._room
                yield self._seats
                yield self._goal
                yield self._log
            yield self._qr
        yield KeyLine()

    def on_resize(self) -> None:
        """Show what there is room for now."""
        if self._sitting is not None:
            self.show(self._sitting)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Offer what can be done now."""
        sitting = self._sitting
        if action == "copy_invitation":
            return self._room.display
        return action != "start_now" or (sitting is not None and sitting.may_start)

    async def action_copy_invitation(self) -> None:
        """Copy what friends need."""
        await self.app.run_action("app.copy_invitation")

    async def action_start_now(self) -> None:
        """Have the game begin."""
        await self.app.run_action("app.start_now")


@lru_cache(4)
def qr_rows_of(address: str) -> tuple[Content, ...]:
    """Return the rows of the QR code of an address."""
    return tuple(qr_rows(address))


def roster(session: ClientSession) -> Content:
    """Return who sits where, and at which kind of machine."""
    taken = [seat for seat in range(session.seats) if seat in session.present]
    told = dict(zip(taken, seat_lines(session), strict=False))
    width = max((Content(line.name).cell_length for line in told.values()), default=0)
    rows = []
    for seat in range(session.seats):
        line = told.get(seat)
        if line is None:
            rows.append(Content.styled("○ a free seat", "$faint"))
            continue
        name = Content.styled(line.name, "bold" if line.is_me else "")
        rows.append(
            Content.assemble(
                ("● ", "$fits"),
                name.pad_right(width - name.cell_length),
                ("  you" if line.is_me else "     ", "$caret"),
                (f"  {machine_text(session, seat)}", "$faint"),
            )
        )
    return Content("\n").join(rows)


def waiting_text(sitting: Sitting, key: Callable[[str], str]) -> str:
    """Return what is being waited for; ``key`` says what the key of an action is called."""
    connection, session = sitting.connection, sitting.session
    if sitting.problem:
        if session.watches:
            return sitting.problem
        return no_seat_text(sitting, key, may_watch=sitting.may_watch)
    if connection.state is LinkState.CONNECTING:
        if connection.error:
            return f"{sentence(connection.error)} Trying again (attempt {connection.attempt})…"
        return "Shuffling…" if sitting.place.solo else f"Connecting to {connection.where}…"
    if not sitting.online:
        return f"{connection.error or 'Connection lost'}. Trying again…"
    if session.phase is Phase.WAITING:
        free = session.seats - len(session.present)
        return f"{plural(free, 'seat')} of {session.seats} free.\n{_begins(sitting)}"
    return "The cards are coming…"


def advice_text(sitting: Sitting, key: Callable[[str], str]) -> str:
    """Return what to do about a host that does not answer, or else what a game is about."""
    connection = sitting.connection
    if connection.state is not LinkState.CONNECTING or not connection.error or sitting.place.solo:
        return GOAL
    return (
        "You come in as soon as the host answers. It may be off, or have another address: ask its "
        f"owner. Games are usually at port {DEFAULT_PORT}. {key('leave')} leaves."
    )


def _begins(sitting: Sitting) -> str:
    """Return when the game begins, as far as the host has said it."""
    if sitting.patience.ends_at is None:
        return "The game begins when all are taken, or bots take them."
    seconds, _ = _left(sitting)
    if not seconds:
        return "Bots take them any moment now."
    return f"Bots take them in {clock_text(seconds)} if nobody else comes."


def _left(sitting: Sitting) -> tuple[int, float]:
    """Return the seconds that the table still waits, none if not known, and for how long so."""
    return clock_shows((sitting.patience.ends_at or 0.0) - monotonic(), mine=False)


def no_seat_text(sitting: Sitting, key: Callable[[str], str], *, may_watch: bool = False) -> str:
    """Return why the host has refused a seat, and what the player can do by which key."""
    place = sitting.place
    if sitting.problem == PLAYS_ELSEWHERE and place.reserve is not None:
        offer = "go on here"
    else:
        offer = "try again" if place.room else "look for another table"
    watch = f"    {key('watch')}: watch it" if may_watch else ""
    return f"No seat: {sitting.problem}.\n{key('again')}: {offer}{watch}    {key('leave')}: leave"
