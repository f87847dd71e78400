"""A PostgreSQL of the tests' own: the system's programs, a temporary folder, a free port."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, Self

import psycopg
from process_children import children
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL

_FOLDERS: Final = Path("/usr/lib/postgresql")
_MEMORY: Final = Path("/dev/shm")
_MEMORY_BYTES: Final = 1 << 30
_MISSING: Final = (
    "PostgreSQL's programs are missing and the tests need them: install them "
    "(Debian: sudo apt install postgresql)"
)
_PATIENCE_S: Final = 30.0
_USER: Final = "rachel"


def postgres_programs() -> Path:
    """Return the folder with ``initdb`` and ``postgres``.

    Raises:
        FileNotFoundError: they are not installed.
    """
    versions = sorted(_FOLDERS.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    found = str(versions[-1]) if versions else shutil.which("initdb")
    if found is None:
        raise FileNotFoundError(_MISSING)
    return Path(found).parent


class PostgresServer:
    """A PostgreSQL server on loopback that asks for a password.

    Attributes:
        port: its TCP port.
        password: that of its only user.
        process: the one that runs now.
        programs: the folder of PostgreSQL's programs.
    """

    def __init__(
        self, folder: Path, *, durable: bool = False, certificate: tuple[Path, Path] | None = None
    ) -> None:
        """Make a cluster in an empty folder; nothing runs yet.

        Args:
            folder: for it, and for nothing else; the server's user must be able to get there.
            durable: whether a commit waits for the disk, as it does outside of tests.
            certificate: PEM files, the certificate and its key; without them there is no TLS.
        """
        self.password = secrets.token_urlsafe(9) + "@:/?#%' \\"
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.programs = postgres_programs()
        self._folder = folder
        self._user = _unprivileged_user()
        if self._user is not None:
            os.chown(folder, self._user.pw_uid, self._user.pw_gid)
        password_file = folder / "password"
        password_file.write_text(self.password)
        password_file.chmod(0o644)
        self._run(
            *("initdb", f"--pgdata={folder / 'data'}", f"--username={_USER}", "--no-sync"),
            *("--auth=scram-sha-256", f"--pwfile={password_file}"),
            *("--encoding=UTF8", "--locale=C"),
        )
        with (folder / "data" / "postgresql.conf").open("a") as settings:
            settings.write(f"port = {self.port}\nlisten_addresses = 'localhost'\n")
            settings.write(f"unix_socket_directories = '{folder}'\n")
            settings.write("max_connections = 60\nshared_buffers = 32MB\n")
            if not durable:
                settings.write("fsync = off\nfull_page_writes = off\n")
            if certificate is not None:
                settings.write("ssl = on\n")
        for name, file in zip(("server.crt", "server.key"), certificate or (), strict=False):
            copy = folder / "data" / name
            shutil.copyfile(file, copy)
            copy.chmod(0o600)
            if self._user is not None:
                os.chown(copy, self._user.pw_uid, self._user.pw_gid)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it, on the port it has always had, and wait until it lets people in."""
        with (self._folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self._folder / "data"],
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
                **self._as_user(),
            )
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            try:
                psycopg.connect(self.conninfo("postgres")).close()
                return
            except psycopg.OperationalError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    said = (self._folder / "log").read_text()
                    raise AssertionError(f"PostgreSQL does not start:\n{said}") from None
                time.sleep(0.02)

    def stop(self) -> None:
        """Stop it in order; whoever is connected is cut off."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(_PATIENCE_S)
            self.process = None

    def kill(self) -> None:
        """Kill every process of it at once, as a power cut would."""
        assert self.process is not None
        started = children(self.process.pid)
        for process in (self.process.pid, *started):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self.process.wait(_PATIENCE_S)
        self.process = None
        deadline = time.monotonic() + _PATIENCE_S
        while any(map(_is_alive, started)):  # they hold the memory that the next server wants
            assert time.monotonic() < deadline
            time.sleep(0.005)

    def freeze(self) -> None:
        """Let every process of it stand still: connections stay open and nothing answers."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on after `freeze`."""
        self._signal_all(signal.SIGCONT)

    def url(self, database: str, *, port: int | None = None) -> str:
        """Return the URL of a database, also through another port."""
        return URL.create(
            "postgres",
            username=_USER,
            password=self.password,
            host="127.0.0.1",
            port=port or self.port,
            database=database,
        ).render_as_string(hide_password=False)

    def conninfo(self, database: str) -> str:
        """Return where a database is, for psycopg: past TCP, through the socket in the folder."""
        return make_conninfo(
            host=str(self._folder),
            port=self.port,
            user=_USER,
            password=self.password,
            dbname=database,
        )

    def execute(self, database: str, statement: str) -> list[tuple[Any, ...]]:
        """Run one statement past Rachel, in no transaction; return its rows if it has any."""
        with psycopg.connect(self.conninfo(database), autocommit=True) as connection:
            cursor = connection.execute(sql.SQL(statement))
            return cursor.fetchall() if cursor.description else []

    def dump(self, database: str, file: Path) -> None:
        """Write all of a database to a file, in pg_dump's custom format."""
        where = ("--file", file, "--dbname", self.conninfo(database))
        subprocess.run([self.programs / "pg_dump", "--format=custom", *where], check=True)

    @property
    def hosts(self) -> list[str]:
        """The addresses it listens on, as they stand in URLs."""
        try:
            socket.create_connection(("::1", self.port)).close()
        except OSError:  # this machine has no IPv6
            return ["127.0.0.1"]
        return ["127.0.0.1", "[::1]"]

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """Make a database, a copy of ``template``; yield its name and drop it in the end."""
        name = f"rachel_{secrets.token_hex(6)}"
        self.execute("postgres", f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield name
        finally:
            if self.process is not None:
                self.execute("postgres", f"DROP DATABASE {name} WITH (FORCE)")

    def _signal_all(self, number: signal.Signals) -> None:
        assert self.process is not None
        for process in (self.process.pid, *children(self.process.pid)):
            with suppress(ProcessLookupError):
                os.kill(process, number)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self.programs / program, *arguments],
            capture_output=True,
            text=True,
            check=False,
            **self._as_user(),
        )
        if done.returncode:
            raise AssertionError(f"{program} failed: {done.stderr}")

    def _as_user(self) -> dict[str, Any]:
        """Return what lets a process run as somebody PostgreSQL accepts: it refuses root."""
        options: dict[str, Any] = {"cwd": self._folder, "env": {"LC_ALL": "C", "PATH": "/bin"}}
        if self._user is not None:
            options |= {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}
        return options


@contextmanager
def postgres_server(
    *, durable: bool = False, certificate: tuple[Path, Path] | None = None
) -> Iterator[PostgresServer]:
    """Run a server in a temporary folder, see `PostgresServer`."""
    folder = Path(tempfile.mkdtemp(prefix="rachel-pg-", dir=None if durable else _in_memory()))
    try:
        with PostgresServer(folder, durable=durable, certificate=certificate) as server:
            yield server
    finally:
        shutil.rmtree(folder)


def _in_memory() -> Path | None:
    """Return a folder in memory: making a database writes hundreds of files."""
    if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _MEMORY_BYTES:
        return _MEMORY
    return None


def _unprivileged_user() -> pwd.struct_passwd | None:
    """Return whom to run as when we are root, None to run as we are."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise AssertionError("there is neither a user postgres nor nobody to run PostgreSQL as")


def _is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def free_port() -> int:
    """Return a port on loopback that nobody has, for a program that cannot choose one itself."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port
