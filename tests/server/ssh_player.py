"""People who come over SSH: with OpenSSH's client, on a terminal or a pipe."""

import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import termios
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Final, Self

import pyte
from tcp_player import DEADLINE_S

from rachel_server.store.data_dir import PORTS_FILE

_OPTIONS: Final = (
    *("-F", "none", "-o", "LogLevel=ERROR", "-o", "StrictHostKeyChecking=no"),
    *("-o", "SendEnv=LANG LC_* COLORTERM NO_COLOR EVIL", "-o", "IdentitiesOnly=yes"),
)


def ssh_port(data_dir: Path) -> int:
    """Return the port that a server has published."""
    port: int = json.loads((data_dir / PORTS_FILE).read_text())["ssh"][0]
    return port


def make_key(path: Path) -> Path:
    """Make a key without a passphrase."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return path


class SshPlayer:
    """Somebody at a machine of their own, with a key or without.

    Attributes:
        port: the host's port.
    """

    def __init__(
        self, home: Path, port: int, *, user: str = "zoe", key: Path | None = None
    ) -> None:
        home.mkdir(exist_ok=True)
        self.port = port
        self._home = home
        self._identity = f"IdentityFile={key or 'none'}"
        self._user = user

    def command(self, *words: str, options: tuple[str, ...] = ()) -> list[str]:
        """Return the command line that asks the host for something."""
        known = f"UserKnownHostsFile={self._home / 'known_hosts'}"
        where = ["-p", str(self.port), "-l", self._user, "127.0.0.1"]
        return [
            *("ssh", *_OPTIONS, "-o", known, "-o", self._identity),
            *(*options, *where, *words),
        ]

    def environment(self, **more: str) -> dict[str, str]:
        """Return what the client knows of the terminal."""
        return {"PATH": os.environ["PATH"], "HOME": str(self._home), "LANG": "C.UTF-8", **more}

    def lines(self, typed: str, *words: str) -> "subprocess.CompletedProcess[str]":
        """Pipe lines to the host, and return what came of it."""
        return subprocess.run(
            self.command(*words, options=("-T",)),
            input=typed,
            capture_output=True,
            text=True,
            env=self.environment(),
            timeout=DEADLINE_S,
            check=False,
        )

    def screen(self, *words: str, **more: str) -> "SshScreen":
        """Come with a terminal."""
        variables = {"TERM": "xterm-256color", **more}
        return SshScreen(self.command(*words, options=("-t",)), self.environment(**variables))


class SshScreen:
    """A terminal with `ssh` on it, which shows what a real one would.

    Attributes:
        process: the client.
        output: everything that was drawn.
    """

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self._far, near = pty.openpty()
        self._shown = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._shown)
        self.output = b""
        self._set_size(80, 24)
        self.process = subprocess.Popen(
            ["setsid", "--ctty", *command],  # becomes the client itself
            stdin=near,
            stdout=near,
            stderr=near,
            env=environment,
        )
        os.close(near)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._far)

    @property
    def text(self) -> str:
        """What the terminal shows."""
        return "\n".join(line.rstrip() for line in self._shown.display)

    def type(self, keys: str) -> None:
        """Type keys."""
        os.write(self._far, keys.encode())

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size; its kernel tells the client."""
        self._shown.resize(rows, columns)
        self._set_size(columns, rows)

    def until(self, *texts: str) -> str:
        """Wait until one of some texts is shown; return which."""
        found: list[str] = []

        def is_shown() -> bool:
            found[:] = [text for text in texts if text in self.text]
            return bool(found)

        self._read_until(is_shown, f"{texts} never came")
        return found[0]

    def until_gone(self, text: str) -> None:
        """Wait until a text is no longer shown."""
        self._read_until(lambda: text not in self.text, f"{text} never went")

    def until_changed(self) -> None:
        """Wait until something else is shown."""
        before = self.text
        self._read_until(lambda: self.text != before, "nothing changed")

    def ends(self) -> int:
        """Wait until the client has ended; return its exit status."""
        self._read_until(lambda: self.process.poll() is not None, "the client never ended")
        while select.select([self._far], [], [], 0)[0] and self._read():
            pass
        return self.process.returncode

    def plays_until(self, *texts: str) -> str:
        """Take every turn with the key a beginner uses, until one of some texts is shown."""
        while (shown := self.until(*texts, "YOUR TURN", "Choose the suit")) not in texts:
            self.type("\r")
            self.until_changed()
            self.until_at_rest()
        return shown

    def until_at_rest(self) -> None:
        """Wait until nothing more comes for a moment: what is shown is drawn to its end."""
        self._read_until(lambda: not select.select([self._far], [], [], 0.2)[0], "no rest")

    def _read_until(self, condition: Callable[[], bool], trouble: str) -> None:
        deadline = monotonic() + DEADLINE_S
        while not condition():
            assert monotonic() < deadline, f"{trouble}:\n{self.text}"
            if select.select([self._far], [], [], 0.05)[0]:
                self._read()

    def _read(self) -> bool:
        try:
            data = os.read(self._far, 65536)
        except OSError:  # the client has ended
            return False
        self.output += data
        self._stream.feed(data)
        return bool(data)

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._far, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
