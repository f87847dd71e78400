"""What the client is handed instead of taking it from its process: line, terminal, environment."""

import asyncio
import errno
import re
import signal
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from app_pilot import DEADLINE_S, app_at, playing_at
from memory_host import MemoryHost
from plain_reader import talking_at
from table_host import any_game
from textual import events
from textual.app import App
from textual.driver import Driver

from rachel.rubp import PlayCard
from rachel_tui.background import ASK_BACKGROUND, BackgroundTold
from rachel_tui.calling import CALL_BY_TITLE, TITLE_AS_BEFORE

TRUE_COLOUR = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
FEWER_COLOURS = {"TERM": "xterm-256color"}
FEW_COLOURS = {"TERM": "xterm"}
NO_COLOUR = {**TRUE_COLOUR, "NO_COLOR": "1"}


class PaperDriver(Driver):
    """A terminal that keeps what is drawn, and whose keys a test presses."""

    def __init__(
        self,
        app: App[object],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self.drawn = ""

    def write(self, data: str) -> None:
        self.drawn += data

    def press(self, key: str) -> None:
        """Press a key that is a character."""
        self.process_message(events.Key(key, key))

    def start_application_mode(self) -> None:
        """Be ready at once."""

    def disable_input(self) -> None:
        """Have no input to stop."""

    def stop_application_mode(self) -> None:
        """Leave things as they are."""


class Player:
    """Somebody who plays on paper at a host in memory."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        folder.mkdir()
        self.host = MemoryHost(any_game())
        self.app = app_at(
            self.host.place(folder), environment=environment, driver_class=PaperDriver
        )
        self.running = asyncio.create_task(self.app.run_async(size=(80, 24)))

    @property
    def paper(self) -> PaperDriver:
        """The terminal, once the app runs."""
        assert isinstance(self.app._driver, PaperDriver)
        return self.app._driver

    async def sees(self, text: str) -> None:
        """Wait until a text has been drawn."""
        async with asyncio.timeout(DEADLINE_S):
            while self.app._driver is None or text not in self.paper.drawn:
                await asyncio.wait({self.running}, timeout=0.01)
                assert not self.running.done()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds."""
        async with asyncio.timeout(DEADLINE_S):
            while not condition():
                await asyncio.wait({self.running}, timeout=0.01)
                assert not self.running.done()

    async def leaves(self) -> None:
        """Press the keys that end the app, and wait for its end."""
        self.paper.press("q")
        await self.sees("Leave the game?")
        self.paper.press("y")
        async with asyncio.timeout(DEADLINE_S):
            await self.running


async def test_the_app_plays_over_a_line_in_memory(tmp_path: Path) -> None:
    host = MemoryHost(any_game())
    async with playing_at(host.place(tmp_path)) as app:
        await app.until_prompt()
        host.lines[-1].arrive(OSError("cut"))
        await app.until(lambda: len(host.lines) == 2, "another line")
        await app.until_prompt()
        await app.press("enter")
        await app.until_text("You play Q♥")
    assert [line.is_closing() for line in host.lines] == [True, True]


async def test_who_looks_elsewhere_is_called_until_they_look(tmp_path: Path) -> None:
    player = Player(tmp_path / "-", {**TRUE_COLOUR, "TERM": "foot"})
    await player.sees("YOUR TURN")
    await player.sees("\a")
    player.app.call_player()
    assert CALL_BY_TITLE not in player.paper.drawn
    player.paper.process_message(events.AppBlur())
    await player.until(lambda: not player.app.app_focus)
    player.app.call_player()
    await player.sees("\x1b]777;notify;Rachel;It is your turn\x1b\\" + CALL_BY_TITLE)
    player.paper.process_message(events.AppFocus())
    await player.sees(TITLE_AS_BEFORE)
    player.app.change(notify=False, bell=False)
    player.paper.drawn = ""
    player.paper.process_message(events.AppBlur())
    await player.until(lambda: not player.app.app_focus)
    player.app.call_player()
    assert "\a" not in player.paper.drawn
    assert CALL_BY_TITLE not in player.paper.drawn
    await player.leaves()


async def test_a_light_terminal_gets_a_light_table(tmp_path: Path) -> None:
    player = Player(tmp_path / "-", TRUE_COLOUR)
    await player.sees("YOUR TURN")
    assert (ASK_BACKGROUND in player.paper.drawn, player.app.theme) == (True, "dark")
    player.paper.process_message(BackgroundTold(light=True))
    await player.until(lambda: player.app.theme == "light")
    await player.leaves()
    told = Player(tmp_path / "told", {**TRUE_COLOUR, "COLORFGBG": "0;15"})
    await told.sees("YOUR TURN")
    assert told.app.theme == "light"
    await told.leaves()


async def test_plain_mode_plays_over_a_line_in_memory(tmp_path: Path) -> None:
    host = MemoryHost(any_game())
    async with talking_at(host.place(tmp_path)) as reader:
        reader.type("qh")
        await reader.hears("You play QH: the direction turns.")
    assert [type(message) for message in host.heard if isinstance(message, PlayCard)] == [PlayCard]


async def test_a_connection_that_the_system_gives_up_is_lost_at_once(tmp_path: Path) -> None:
    host = MemoryHost(any_game())
    async with talking_at(host.place(tmp_path)) as reader:
        await reader.hears("Your hand: 1 3S, 2 QH fits, 3 KC.")
        host.lines[-1].arrive(TimeoutError(errno.ETIMEDOUT, "timed out"))
        await reader.hears("Reconnecting: lost the connection to memory.")
        await reader.hears("Connected again.")


def kinds_of_colour(drawn: str) -> set[str]:
    """Return how the colours in what was drawn are written."""
    codes = " ".join(re.findall(r"\x1b\[([0-9;]*)m", drawn))
    few, long = re.sub(r"[34]8;(2;\d+;\d+;\d+|5;\d+)", "", codes), {"2": "true", "5": "256"}
    kinds = {long[kind] for kind in re.findall(r"[34]8;([25]);", codes)}
    return kinds | {"16" for _ in re.findall(r"\b[349][0-7]\b", few)}


async def test_apps_play_in_one_process_and_leave_its_signals_alone(tmp_path: Path) -> None:
    """Each terminal is sent its own colours, although the apps share the styles."""
    before = {number: signal.getsignal(number) for number in signal.valid_signals()}
    environments = {"true": TRUE_COLOUR, "256": FEWER_COLOURS, "16": FEW_COLOURS, "": NO_COLOUR}
    players = {kind: Player(tmp_path / f"-{kind}", it) for kind, it in environments.items()}
    for player in players.values():
        await player.sees("YOUR TURN")
    assert {number: signal.getsignal(number) for number in signal.valid_signals()} == before
    for kind, player in players.items():
        assert not player.running.done()
        await player.leaves()
        assert kinds_of_colour(player.paper.drawn) == ({kind} if kind else set())


@pytest.mark.parametrize(
    ("environment", "colours"),
    [(TRUE_COLOUR, {"true"}), (FEWER_COLOURS, {"256"}), (NO_COLOUR, set())],
    ids=["true colour", "256 colours", "no colour"],
)
@pytest.mark.parametrize("process", [TRUE_COLOUR, NO_COLOUR], ids=["coloured", "colourless"])
async def test_the_terminals_environment_decides_on_colours_and_not_the_processs(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    process: Mapping[str, str],
    environment: Mapping[str, str],
    colours: set[str],
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in process.items():
        monkeypatch.setenv(name, value)
    player = Player(tmp_path / "files", environment)
    await player.sees("YOUR TURN")
    await player.leaves()
    assert kinds_of_colour(player.paper.drawn) == colours
