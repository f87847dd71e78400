"""Terminals at the other end of a line: what is sent to them, and what they send."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import pytest
from app_pilot import DEADLINE_S
from memory_host import MemoryHost
from scripted_host import position
from textual.app import App
from textual.worker import WorkerFailed

from rachel.rules.actions import Play
from rachel.rules.cards import parse_card
from rachel_tui.far import screens
from rachel_tui.far.lines import LINE_MAX, FarLines
from rachel_tui.far.play import play_on_screens
from rachel_tui.far.screens import FRAME_S, FarDriver
from rachel_tui.far.terminal import encoding_of, has_screen, shown_size, with_colours
from rachel_tui.keep.settings import OwnSettings, Settings
from rachel_tui.net.line import Line

REST_S = 0.5
OWN = OwnSettings(lambda: Settings(motion=False, name="Zoe"), lambda _: None)


@dataclass
class Paper:
    """A far terminal that keeps what it is sent, and when."""

    size: tuple[int, int] = (80, 24)
    sent: list[tuple[float, str]] = field(default_factory=list)
    typed: Callable[[bytes], None] = lambda _: None
    resized: Callable[[], None] = lambda: None
    must_type: Callable[[str], None] = lambda _: None
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def text(self) -> str:
        return "".join(text for _, text in self.sent)

    def write(self, data: bytes) -> None:
        self.sent.append((asyncio.get_running_loop().time(), data.decode()))
        self.heard.set()

    def listen(
        self,
        typed: Callable[[bytes], None],
        resized: Callable[[], None],
        must_type: Callable[[str], None],
    ) -> None:
        self.typed, self.resized, self.must_type = typed, resized, must_type

    async def until(self, text: str) -> None:
        """Wait until a text has been sent."""
        async with asyncio.timeout(DEADLINE_S):
            while text not in self.text:
                self.heard.clear()
                await self.heard.wait()

    async def rests(self) -> None:
        """Wait until nothing has been sent for a while."""
        with suppress(TimeoutError):
            while True:
                self.heard.clear()
                async with asyncio.timeout(REST_S):
                    await self.heard.wait()


@pytest.mark.parametrize(
    ("environment", "encoding", "colorterm"),
    [
        ({"TERM": "xterm"}, "UTF-8", None),
        ({"TERM": "xterm-ghostty", "LANG": "de_DE.UTF-8"}, "UTF-8", "truecolor"),
        ({"TERM": "xterm-direct", "LANG": "C"}, "ascii", "truecolor"),
        ({"TERM": "foot", "COLORTERM": "", "LC_ALL": "", "LC_CTYPE": "C.utf8"}, "utf8", ""),
        ({"TERM": "vt100", "LANG": "C.UTF-8", "LC_ALL": "de@euro"}, "ascii", None),
        ({"TERM": "xterm", "LANG": "ru_RU.KOI8-R"}, "KOI8-R", None),
    ],
)
def test_the_environment_says_what_a_terminal_can_show(
    environment: Mapping[str, str], encoding: str, colorterm: str | None
) -> None:
    assert has_screen(environment)
    assert encoding_of(environment) == encoding
    assert with_colours(environment).get("COLORTERM") == colorterm


@pytest.mark.parametrize("environment", [{}, {"TERM": ""}, {"TERM": "dumb"}])
def test_some_terminals_have_no_screen(environment: Mapping[str, str]) -> None:
    assert not has_screen(environment)


def test_a_terminal_is_drawn_in_a_size_that_can_be() -> None:
    assert shown_size((0, 0)) == (80, 24)
    assert shown_size((100, 0)) == (100, 24)
    assert shown_size((9999, 4_000_000_000)) == (240, 80)


async def test_screens_come_in_frames_and_leave_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is time between two frames, however much is pasted or resized; at last it is clean."""
    host = MemoryHost(position("3S QH KC", "5C 6C 8C", "4D 5D", top="9H"))
    paper, must_leave = Paper(), asyncio.Event()
    playing = asyncio.create_task(
        play_on_screens(
            paper, host.place(tmp_path), OWN, {"TERM": "xterm"}, must_leave, lambda _: "Bye\nbye"
        )
    )
    await paper.until("YOUR TURN")
    monkeypatch.setattr(screens, "TYPED_AHEAD_MAX", 8)
    paper.typed(b"ttttttttq")  # more than is kept: the last one does not count
    for columns in range(100, 200):
        paper.size = (columns, 30)
        paper.resized()
    await paper.until("\x1b[30;")
    # No letter of it stands where the notice of a theme has it: only what changes is sent.
    paper.must_type("HELLO?")
    await paper.until("HELLO?")
    must_leave.set()
    assert await playing == 1
    assert "Leave the game?" not in paper.text
    assert paper.text.startswith("\x1b[?1049h")
    assert paper.text.endswith("\x1b[?1049l\x1b[?25hBye\r\nbye\r\n")
    times = [at for at, _ in paper.sent[:-2]]  # the last words may follow at once
    assert min(later - earlier for earlier, later in pairwise(times)) >= FRAME_S * 0.99


async def test_a_turn_of_somebody_else_draws_only_what_it_changes(tmp_path: Path) -> None:
    host, paper = (
        MemoryHost(position("3S QH KC", "9D 6C 8C", "9S 5D", top="9H", current=1)),
        Paper(),
    )
    must_leave = asyncio.Event()
    playing = asyncio.create_task(
        play_on_screens(
            paper, host.place(tmp_path), OWN, {"TERM": "xterm"}, must_leave, lambda _: ""
        )
    )
    await paper.until("Leave")
    await paper.rests()
    paper.sent.clear()
    host.move(Play((parse_card("9D"),)))
    await paper.until("Bob is playing…")
    must_leave.set()
    assert await playing == 1
    drawn = paper.text.partition("\x1b[?7h")[0]
    assert " 2 cards" in drawn
    for unchanged in ("RACHEL", "╳", "What happened", "K♣", " 3 cards", "Leave"):
        assert unchanged not in drawn


async def test_the_end_of_input_ends_the_screens(tmp_path: Path) -> None:
    host, paper = MemoryHost(position("3S QH", "5C", "4D", top="9H")), Paper()
    playing = asyncio.create_task(
        play_on_screens(
            paper, host.place(tmp_path), OWN, {"TERM": "xterm"}, asyncio.Event(), lambda _: "Bye"
        )
    )
    await paper.until("YOUR TURN")
    paper.typed(b"")
    assert await playing == 0
    assert paper.text.endswith("\x1b[?25hBye\r\n")


@pytest.mark.parametrize(
    ("raw", "typed", "taken", "echo"),
    [
        (False, b"hand\nqu\r\nit", ["hand", "qu"], ""),
        (True, b"haX\x7fnd\rqu\r\n\n", ["hand", "qu", ""], "haX\b \bnd\r\nqu\r\n\r\n"),
        (True, b"\x7f\xff\r", ["\ufffd"], "\ufffd\r\n"),
        (True, b"\x1b[Ad\x1bOB\x1b[1;5Cr\x1baw\x1b\r", ["draw"], "draw\r\n"),
        (True, b"x\x03", [None], "x"),
        (False, b"x" * 999 + b"\n", ["x" * LINE_MAX], ""),
    ],
)
async def test_lines_are_read_from_keys_and_from_pipes(
    raw: bool, typed: bytes, taken: list[str | None], echo: str
) -> None:
    paper, found = Paper(), list[str | None]()
    FarLines(paper, ascii_look=False, raw=raw).read(found.append)
    for byte in typed:
        paper.typed(bytes([byte]))
    assert found == taken
    assert paper.text == echo


async def test_a_line_that_is_said_leaves_what_is_being_typed(tmp_path: Path) -> None:
    paper, found = Paper(), list[str | None]()
    lines = FarLines(paper, ascii_look=True, raw=True)
    lines.read(found.append)
    paper.typed(b"ha")
    lines.say("Bot Ada plays 7♥.")
    paper.typed(b"nd\r")
    paper.typed(b"last")
    paper.typed(b"")
    assert found == ["hand", "last", None]
    assert paper.text.startswith("ha\r  \rBot Ada plays 7H.\r\nhand\r\n")


async def test_long_lines_are_broken_between_words_where_somebody_types() -> None:
    for raw, text in ((True, "one two\r\nthree\r\n"), (False, "one two three\n")):
        paper = Paper(size=(9, 24))
        FarLines(paper, ascii_look=True, raw=raw).say("one two three")
        assert paper.text == text


async def test_nothing_is_drawn_on_a_terminal_that_was_given_back() -> None:
    paper, frame_is_over = Paper(), asyncio.Event()
    driver = FarDriver(paper, App[None]())
    driver.write("drawn in time")
    driver.stop_application_mode()
    before = paper.text
    driver.write("drawn too late")
    driver.stop_application_mode()
    asyncio.get_running_loop().call_later(2 * FRAME_S, frame_is_over.set)
    await frame_is_over.wait()
    assert paper.text == before
    assert before.startswith("drawn in time")


async def test_an_app_that_breaks_gives_the_terminal_back(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whoever runs it hears of the error; the process's own streams do not."""

    async def broken() -> Line:
        raise LookupError("broken")

    paper, place = Paper(), MemoryHost(position("3S", "5C", "4D", top="9H")).place(tmp_path)
    with pytest.raises(WorkerFailed, match="broken"):
        await play_on_screens(
            paper,
            replace(place, dial=broken),
            OWN,
            {"TERM": "xterm"},
            asyncio.Event(),
            lambda _: "Bye",
        )
    assert paper.text.endswith("\x1b[?1049l\x1b[?25h")
    assert capfd.readouterr() == ("", "")
