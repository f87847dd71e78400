"""`rachel play` on a real terminal: it plays, leaves in good order, and never outlives it."""

import os
import re
import signal
from contextlib import nullcontext
from pathlib import Path

import pytest
from play_process import RACHEL, Terminal, ignoring_hang_ups

FAST = ("--bot-delay", "0", "--name", "Ann")
# Against one slow bot our own move stays in sight; several fast ones can scroll it away between two
# frames, so that it is never drawn.
UNHURRIED = ("--seats", "2", "--bot-delay", "2", "--name", "Ann")
FIRST = "YOUR TURN"


def play_or_draw(terminal: Terminal) -> None:
    """Make a move with the keys a beginner uses, whatever the cards."""
    terminal.type("\r")
    # The question comes first: it repeats the play below its title ("You play AS.").
    if terminal.until("Choose the suit", "You play", "You draw") == "Choose the suit":
        terminal.type("\r")  # the caret is on a suit already
        terminal.until(" now.")


def leave(terminal: Terminal) -> None:
    """Leave a running game and wait for the end."""
    terminal.type("q")
    terminal.until("Leave the game?")
    terminal.type("y")
    assert terminal.ends() == 0


def test_a_card_is_played_and_the_terminal_restored(tmp_path: Path) -> None:
    with Terminal(tmp_path, *UNHURRIED) as terminal:
        terminal.until(FIRST)
        play_or_draw(terminal)
        leave(terminal)
        assert terminal.is_restored
        assert terminal.output.rstrip().endswith(
            "Your game is kept: run the same command again to continue it."
        )
        after = terminal.output[terminal.output.rindex("\x1b[?1049l") :]
        assert "\x1b[?25h" in after  # the cursor is back
        assert "\x1b[?1003h" not in terminal.output  # moving the mouse sends nothing


def test_one_key_deals_and_leaving_leads_home(tmp_path: Path) -> None:
    (tmp_path / "rachel").mkdir()
    (tmp_path / "rachel" / "rachel.toml").write_text('name = "Ann"\n')
    with Terminal(tmp_path) as terminal:
        terminal.until("against bots, right now")
        terminal.type("\r")
        terminal.until(FIRST)
        terminal.type("q")
        terminal.until("Leave the game?")
        terminal.type("y")
        terminal.until("your game with Bot")
        terminal.type("\r")
        terminal.until(FIRST)
        terminal.type("\x03\x03")
        assert terminal.ends() == 0
        assert terminal.is_restored


def test_home_in_lines(tmp_path: Path) -> None:
    with Terminal(tmp_path, TERM="dumb") as terminal:
        terminal.until("solo: against bots, right now.")
        terminal.type("\x1b[A\x1bOPsettings\x1b\n")
        terminal.until("name: none yet.")
        terminal.type("back\n")
        terminal.type("solo\n")
        terminal.until("What do the others call you?")
        terminal.type("Kim\n")
        terminal.until("Your hand: ")
        terminal.type("quit\n")
        terminal.until("0 continue: your game with Bot ")
        terminal.type("0\n")
        terminal.until("This is the game you left.")
        terminal.type("\x04")
        assert terminal.ends() == 0
        assert terminal.output.rstrip().endswith("You leave.")
        assert "\x1b" not in terminal.output


def test_the_game_that_was_left_is_offered_again(tmp_path: Path) -> None:
    with Terminal(tmp_path, *FAST) as terminal:
        terminal.until(FIRST)
        leave(terminal)
    with Terminal(tmp_path, *FAST) as terminal:
        terminal.until("Continue your game?")
        terminal.type("q")
        assert terminal.ends() == 0


def test_the_first_start_asks_for_the_name(tmp_path: Path) -> None:
    with Terminal(tmp_path, "--bot-delay", "0") as terminal:
        terminal.until("What do the others call you?")
        terminal.type("Zoe\r")
        terminal.until(FIRST)
    assert '\nname = "Zoe"\n' in (tmp_path / "rachel" / "rachel.toml").read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_in_good_order(tmp_path: Path, number: signal.Signals) -> None:
    with Terminal(tmp_path, *FAST) as terminal:
        terminal.until(FIRST)
        terminal.process.send_signal(number)
        assert terminal.ends() == 0
        assert terminal.is_restored
        assert "\x1b[?1049l" in terminal.output


@pytest.mark.parametrize("ignores", [False, True])
def test_a_terminal_that_closes_ends_it_and_the_story_is_kept(
    tmp_path: Path, *, ignores: bool
) -> None:
    with ignoring_hang_ups() if ignores else nullcontext(), Terminal(tmp_path, *UNHURRIED) as first:
        first.until(FIRST)
        play_or_draw(first)
        first.hang_up()
    # The whole story is drawn at this size: four rows may have no room for what we did.
    with Terminal(tmp_path, *UNHURRIED, columns=120, rows=50) as terminal:
        terminal.until("Continue your game?")
        terminal.until("You play", "You draw")


@pytest.mark.parametrize("kind", ["dumb", "unknown", ""])
def test_a_terminal_that_can_nothing_gets_lines(tmp_path: Path, kind: str) -> None:
    with Terminal(tmp_path, *FAST, TERM=kind) as terminal:
        terminal.until("Your hand: ")
        terminal.type("quit\n")
        assert terminal.ends() == 0
        assert "\x1b" not in terminal.output


def test_no_color_means_no_colour(tmp_path: Path) -> None:
    with Terminal(tmp_path, *FAST, NO_COLOR="1", COLORTERM="truecolor") as terminal:
        terminal.until(FIRST)
        leave(terminal)
        codes = re.findall(r"\x1b\[([0-9;]*)m", terminal.output)
        assert codes
        colours = {code for sgr in codes for code in sgr.split(";")} - {"39", "49"}
        assert not any(code.isdigit() and 30 <= int(code) <= 107 for code in colours)
        assert "7" in colours  # our turn stands out all the same: light and dark are exchanged


def test_variables_of_textual_change_nothing(tmp_path: Path) -> None:
    """They are for those who develop with it; a colour system that does not exist is an error."""
    with Terminal(
        tmp_path, *FAST, TEXTUAL_COLOR_SYSTEM="bogus", TEXTUAL_DRIVER="none", TEXTUAL_FILTERS="dim"
    ) as terminal:
        terminal.until(FIRST)
        leave(terminal)


def test_bytes_that_are_no_text_are_ignored(tmp_path: Path) -> None:
    with Terminal(tmp_path, *FAST) as terminal:
        terminal.until(FIRST)
        terminal.type(b"\xe9\xff\x9b\x1b[99999999u\x1b[1:2u")
        leave(terminal)


def test_a_paste_without_an_end_deadens_no_key(tmp_path: Path) -> None:
    with Terminal(tmp_path, *FAST) as terminal:
        terminal.until(FIRST)
        terminal.type("\x1b[200~")
        terminal.press_until("\x03", "Leave the game?")


def test_control_z_suspends_and_coming_back_redraws(tmp_path: Path) -> None:
    with Terminal(tmp_path, *FAST) as terminal:
        terminal.until(FIRST)
        terminal.type("\x1a")
        assert terminal.is_suspended()
        assert terminal.is_restored
        terminal.process.send_signal(signal.SIGCONT)
        terminal.until(FIRST)
        leave(terminal)


def test_control_z_suspends_a_program_that_waits_for_us(tmp_path: Path) -> None:
    """As make does: otherwise the shell would never be back."""
    waits = (
        "import subprocess, sys\n"
        f"subprocess.run([sys.executable, '-c', {RACHEL[-1]!r}, *sys.argv[1:]])"
    )
    with Terminal(tmp_path, *FAST, program=waits) as terminal:
        terminal.until(FIRST)
        terminal.type("\x1a")
        assert terminal.is_suspended()
        assert terminal.is_restored
        os.killpg(terminal.process.pid, signal.SIGCONT)
        terminal.until(FIRST)
        leave(terminal)


def test_a_crash_never_exits_0(tmp_path: Path) -> None:
    """Whatever raises where keys are read: here, a parser that is not there."""
    broken = (
        "import rachel_tui.keys as keys; del keys.Keys.feed; from rachel.cli import main; main()"
    )
    with Terminal(tmp_path, *FAST, program=broken) as terminal:
        terminal.until(FIRST)
        terminal.type("q")
        assert terminal.ends() == 1


def test_garbage_is_looked_for_while_nobody_types(tmp_path: Path) -> None:
    tells = (
        "import gc, sys; from rachel.cli import main; gc.callbacks.append(lambda when, what: when "
        "== 'stop' and what['generation'] == 2 and print('TIDY', file=sys.__stderr__)); main()"
    )
    with Terminal(tmp_path, *FAST, program=tells) as terminal:
        terminal.until(FIRST)
        for _ in range(6):
            terminal.type("?")
            terminal.until("move the caret")  # only the help says that
            terminal.type("\x1b")
            terminal.until(FIRST)
        terminal.until("TIDY")


def test_the_terminal_says_its_size_whatever_was_exported(tmp_path: Path) -> None:
    with Terminal(tmp_path, *FAST, COLUMNS="20", LINES="5") as terminal:
        terminal.until(FIRST)
        terminal.resize(30, 8)
        terminal.until("Enlarge the window.")
        terminal.resize(80, 24)
        terminal.until(FIRST)


@pytest.mark.parametrize("ends", ["played on", "hung up"])
def test_a_storm_of_sizes_does_no_harm(tmp_path: Path, ends: str) -> None:
    sizes = [(1, 1), (9999, 9999), (80, 24), (0, 0), (200, 50), (61, 21), (20, 5)]
    with Terminal(tmp_path, *FAST) as terminal:
        terminal.until(FIRST)
        for number in range(300):
            terminal.resize(*sizes[number % len(sizes)])
            terminal.read_for(0.01)
        if ends == "hung up":
            terminal.process.send_signal(signal.SIGHUP)
            assert terminal.ends() == 0
        else:
            terminal.resize(78, 23)
            terminal.until("\x1b[23;")  # the last row
            leave(terminal)
        assert terminal.is_restored
        assert terminal.output.count("\x1b[?1049l") == 1


@pytest.mark.parametrize("encoding", ["iso-8859-1", "euc_jp"])
def test_a_terminal_without_our_glyphs_gets_ascii(tmp_path: Path, encoding: str) -> None:
    with Terminal(tmp_path, "--bot-delay", "0", PYTHONIOENCODING=encoding) as terminal:
        terminal.until("What do the others call you?")
        terminal.type("Zoe\r")
        terminal.until(FIRST)
        terminal.type("?")
        terminal.until("move the caret ^ to")
        assert terminal.output.isascii()
        assert "\\u" not in terminal.output
        assert re.search(r" [HDCS]\b", terminal.output)  # the suits of cards
