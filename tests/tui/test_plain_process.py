"""`rachel play --plain` over real pipes, alone against the embedded server's bots."""

import signal
import subprocess
from pathlib import Path

from play_process import (
    COMMAND,
    DEADLINE_S,
    environment,
    hearing,
    play_plainly,
    run_plainly,
)

FAST = ("--bot-delay", "0", "--name", "Ann")


def test_a_hand_can_be_asked_for_in_a_pipe(tmp_path: Path) -> None:
    done = run_plainly(tmp_path, "hand\nquit\n", "--plain", *FAST)
    lines = done.stdout.decode().splitlines()
    assert (done.returncode, done.stderr) == (0, b"")
    assert "Get rid of your cards: match suit or rank of the top card." in lines
    assert any(line.startswith("Your hand: ") for line in lines)
    assert lines[-1] == "You leave the table. Your seat is kept."
    assert all(line.isprintable() for line in lines)


def test_a_pipe_makes_it_plain_by_itself(tmp_path: Path) -> None:
    done = run_plainly(tmp_path, "quit\n", *FAST)
    assert done.returncode == 0
    assert b"\x1b" not in done.stdout + done.stderr


def test_the_end_of_input_leaves(tmp_path: Path) -> None:
    done = run_plainly(tmp_path, "", *FAST)
    assert done.returncode == 0
    assert done.stdout.endswith(b"You leave the table.\n") or b"Your seat is kept" in done.stdout


def test_what_is_wrong_in_the_settings_is_told(tmp_path: Path) -> None:
    done = run_plainly(tmp_path, "quit\n", "--plain", *FAST, RACHEL_SEATS="99")
    assert done.returncode == 0
    assert done.stderr == b"Settings: RACHEL_SEATS must be a number from 2 to 8.\n"


def test_a_game_goes_on_after_starting_again(tmp_path: Path) -> None:
    run_plainly(tmp_path, "hand\nquit\n", *FAST)
    done = run_plainly(tmp_path, "hand\nquit\n", *FAST)
    back = "This is the game you left. Type new to give it up for another one, with 4 seats."
    assert back in done.stdout.decode().splitlines()
    new = run_plainly(tmp_path, "new\nhand\nquit\n", *FAST)
    assert b"The cards are dealt." in new.stdout


def test_a_whole_game_by_a_player_who_reads_what_is_said(tmp_path: Path) -> None:
    play_plainly(tmp_path, *FAST, "--seats", "2", "--bots", "beginner", games=2)


def test_ctrl_c_leaves_cleanly(tmp_path: Path) -> None:
    with hearing():
        player = subprocess.Popen(
            [*COMMAND, *FAST],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(tmp_path),
            text=True,
        )
    assert player.stdout is not None
    while not player.stdout.readline().startswith("Your hand"):
        assert player.poll() is None
    player.send_signal(signal.SIGINT)
    player.wait(DEADLINE_S)  # before its input ends, which would be another way of leaving
    output, errors = player.communicate(timeout=DEADLINE_S)
    assert (player.returncode, errors) == (0, "")
    assert output.endswith("You leave the table. Your seat is kept.\n")


def test_no_line_of_many_and_long_ones_is_lost(tmp_path: Path) -> None:
    typed = "x" * 10_000_000 + "\n" + "rules 7\n" * 3000 + "quit\n"
    done = run_plainly(tmp_path, typed, "--plain", *FAST)
    lines = done.stdout.decode().splitlines()
    assert (done.returncode, done.stderr) == (0, b"")
    assert f"'{'x' * 30}…' is no command. Type help for what you can type." in lines
    assert sum(line.startswith("7: The next player misses a turn") for line in lines) == 3000
    assert max(map(len, lines)) < 400


def test_a_reader_who_goes_away_ends_it_quietly(tmp_path: Path) -> None:
    player = subprocess.Popen(
        [*COMMAND, *FAST],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(tmp_path),
    )
    assert player.stdin is not None
    assert player.stdout is not None
    assert player.stderr is not None
    while not player.stdout.readline().startswith(b"Your hand"):
        assert player.poll() is None
    player.stdout.close()
    player.stdin.write(b"rules\nrules\n")
    player.stdin.flush()
    assert player.wait(DEADLINE_S) == 0
    assert player.stderr.read() == b""
    player.stdin.close()
    player.stderr.close()


def test_an_ascii_terminal_gets_ascii(tmp_path: Path) -> None:
    done = run_plainly(
        tmp_path, "quit\n", "--bot-delay", "0", LANG="C", LC_ALL="C", PYTHONUTF8="0",
        PYTHONCOERCECLOCALE="0",
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stdout.isascii()


def test_a_host_that_is_not_there(tmp_path: Path) -> None:
    done = run_plainly(tmp_path, "", "127.0.0.1:1", "--name", "Ann")
    assert done.returncode == 1
    assert done.stdout.decode() == "Error: cannot reach 127.0.0.1:1: Connection refused.\n"
    assert done.stderr == b""


def test_a_host_that_is_not_there_is_told_to_a_script_that_quits(tmp_path: Path) -> None:
    done = run_plainly(tmp_path, "quit\n", "nosuch.invalid", "--plain", "--name", "Ann")
    assert done.returncode == 1
    assert done.stdout.decode().startswith("Error: cannot find nosuch.invalid")
    assert done.stdout.count(b"\n") == 1


def test_plain_mode_never_imports_textual(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from rachel.cli import main\n"
        "try:\n    main(['play', '--plain', '--bot-delay', '0'])\n"
        "finally:\n    print('textual' in sys.modules)\n"
    )
    done = subprocess.run(
        [COMMAND[0], "-c", script],
        input=b"quit\n",
        capture_output=True,
        env=environment(tmp_path),
        timeout=DEADLINE_S,
        check=False,
    )
    assert done.stdout.decode().splitlines()[-1] == "False"
