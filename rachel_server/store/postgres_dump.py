"""Dumps of Rachel's tables in PostgreSQL, by pg_dump, pg_restore and psql.

These programs get the connection's parameters in a file that only their user can read, and the
password in the environment: every user of the machine can see command lines.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO, Any, Final

from sqlalchemy import URL

from rachel_server.store.backup_files import BackupFailed
from rachel_server.store.schema import metadata

_VERSION_TABLE: Final = "alembic_version"
_COPY: Final = re.compile(r"COPY \S+ \((.*)\) FROM stdin;")
_END: Final = r"\."
_SET: Final = re.compile(rb"SET (\w+) = (.+);\n")
_VERSION: Final = re.compile(r"\(PostgreSQL\) (\d+)")
_SERVICE: Final = "--dbname=service=rachel"
_INSTALL: Final = (
    "install PostgreSQL's client programs (Debian: sudo apt install postgresql-client)"
)


def require_recent_pg_dump(server: int) -> int:
    """Return the major version of pg_dump, which can copy a server of that major version.

    Raises:
        BackupFailed: it is missing, fails, or is older than the server.
    """
    said = _run("pg_dump", "--version")
    found = _VERSION.search(said)
    if found is None:
        raise BackupFailed(f"pg_dump does not say which version it is: {said.strip()}")
    ours = int(found[1])
    if ours < server:
        raise BackupFailed(
            f"pg_dump {ours} cannot copy PostgreSQL {server}: install PostgreSQL's client programs"
            f" of version {server} or newer"
        )
    return ours


def tolerant(line: bytes) -> bytes:
    """Return a line of pg_restore's script as any version of PostgreSQL takes it.

    Newer programs set parameters that an older server does not know, such as transaction_timeout.
    """
    found = _SET.fullmatch(line)
    if found is None:
        return line
    name, value = found[1].decode(), found[2].decode()
    value = value if value.startswith("'") else f"'{value}'"
    call = f"set_config(name, {value}, false) FROM pg_catalog.pg_settings WHERE name = '{name}'"
    return f"SELECT pg_catalog.{call};\n".encode()


def dump_postgres(url: URL, out: IO[bytes]) -> None:
    """Write Rachel's tables, as of one moment, in pg_dump's custom format to a real file or pipe.

    Raises:
        BackupFailed: pg_dump is missing, or fails.
    """
    tables = [f"--table={name}" for name in (*metadata.tables, _VERSION_TABLE)]
    with _connecting(url) as connecting:
        _run(
            *("pg_dump", "--format=custom", "--no-owner", "--no-privileges"),
            *("--lock-wait-timeout=10s", *tables, _SERVICE),
            stdout=out,
            **connecting,
        )


def revision_in(file: Path) -> str:
    """Return the revision of the schema in a dump.

    Raises:
        BackupFailed: pg_restore is missing or fails, or the dump is not of Rachel's tables.
    """
    for row in rows_in(file, _VERSION_TABLE):
        return row["version_num"]
    raise BackupFailed(f"{file} is no backup of Rachel's")


def rows_in(file: Path, table: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a table in a dump, values as PostgreSQL writes them in ``COPY``.

    Raises:
        BackupFailed: pg_restore is missing or fails.
    """
    script = _run("pg_restore", "--data-only", f"--table={table}", "--file=-", str(file))
    lines = iter(script.split("\n"))
    for line in lines:
        if head := _COPY.match(line):
            for row in iter(partial(next, lines, _END), _END):
                yield dict(zip(head[1].split(", "), row.split("\t"), strict=True))


def restore_postgres(url: URL, file: Path) -> None:
    """Replace Rachel's tables by those of a dump: all of them, or nothing changes.

    Raises:
        BackupFailed: a program is missing, or fails.
    """
    tables = ", ".join((*metadata.tables, _VERSION_TABLE))
    opening = f"BEGIN; SET LOCAL lock_timeout = '10s'; DROP TABLE IF EXISTS {tables} CASCADE;\n"
    with _connecting(url) as connecting, tempfile.TemporaryFile() as complaints:
        psql = subprocess.Popen(
            [_program("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", _SERVICE],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
            **connecting,
        )
        pg_restore = subprocess.Popen(
            [_program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", file],
            stdout=subprocess.PIPE,
            stderr=complaints,
        )
        assert psql.stdin is not None
        assert pg_restore.stdout is not None
        with psql, pg_restore:
            with suppress(BrokenPipeError):  # psql says why
                psql.stdin.write(opening.encode())
                for line in pg_restore.stdout:
                    psql.stdin.write(tolerant(line))
                    if line.startswith(b"CREATE "):  # the settings come before
                        break
                shutil.copyfileobj(pg_restore.stdout, psql.stdin)
                if pg_restore.wait() == 0:
                    psql.stdin.write(b"COMMIT;\n")
            with suppress(BrokenPipeError):
                psql.stdin.close()  # without COMMIT, psql's transaction is rolled back
            pg_restore.stdout.close()
        if psql.returncode or pg_restore.returncode:
            raise BackupFailed(f"{file} cannot be restored: {_said(complaints)}")


@contextmanager
def _connecting(url: URL) -> Iterator[dict[str, Any]]:
    """Yield options for a process in which the service ``rachel`` is the database of a URL.

    The file that says so has no name, so that a killed process leaves none.
    """
    _, options = url.get_dialect()().create_connect_args(url)
    password = options.pop("password", None)
    lines = [f"{name}={value}" for name, value in options.items()]
    if any("\n" in line for line in lines):
        raise BackupFailed("the database URL holds a line break")
    with tempfile.TemporaryFile("w") as service:
        service.write("\n".join(["[rachel]", *lines]) + "\n")
        service.flush()
        environment = os.environ | {"PGSERVICEFILE": f"/dev/fd/{service.fileno()}"}
        if password is not None:
            environment["PGPASSWORD"] = password
        yield {"env": environment, "pass_fds": (service.fileno(),)}


def _run(
    program: str,
    *arguments: str,
    stdout: IO[bytes] | int = subprocess.PIPE,
    **options: Any,  # noqa: ANN401
) -> str:
    """Run a program and return what it prints, unless that goes elsewhere.

    Raises:
        BackupFailed: it is missing, or fails.
    """
    with tempfile.TemporaryFile() as complaints:
        done = subprocess.run(
            [_program(program), *arguments],
            stdout=stdout,
            stderr=complaints,
            check=False,
            **options,
        )
        if done.returncode:
            raise BackupFailed(f"{program} failed: {_said(complaints)}")
    return (done.stdout or b"").decode(errors="replace")


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise BackupFailed(f"{name} is missing: {_INSTALL}")
    return found


def _said(complaints: IO[bytes]) -> str:
    """Return the first error in the programs' output, in one line."""
    complaints.seek(0)
    lines = complaints.read().decode(errors="replace").splitlines()
    errors = [line for line in lines if "error:" in line.lower()]
    return (errors or lines or ["no reason given"])[0].strip()
