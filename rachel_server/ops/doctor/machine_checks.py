"""Checks of this machine: the server's user, private files, room on the disk."""

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from rachel_server.ops.doctor.deployment import Deployment
from rachel_server.ops.doctor.finding import Finding, failed, passed, warned
from rachel_server.ops.secrets import KEY_FILE
from rachel_server.store.data_dir import PORTS_FILE, ssh_host_key_files
from rachel_server.store.database_url import sqlite_file
from rachel_server.store.folder_lock import LOCK_FILE

_MB: Final = 1_000_000
_SPACE_MIN: Final = 200 * _MB
_SPACE_WISHED: Final = 1_000 * _MB
_FILES_MIN: Final = 1_000
_FILES_WISHED: Final = 10_000
"""Free inodes: the number of files that can still be made."""

_OTHERS: Final = 0o007
_OTHERS_WRITE: Final = 0o002


def check_machine(deployment: Deployment) -> Iterator[Finding]:
    """Yield findings about this machine, which must be the one that runs the server."""
    if os.name == "posix":
        yield user(deployment, server_user(deployment.settings.data_dir))
        yield from private_files(deployment, secret_files(deployment))
        yield from open_folders(deployment)
    for folder in _folders(deployment):
        yield space(folder, shutil.disk_usage(folder).free)
        if os.name == "posix" and (disk := os.statvfs(folder)).f_files:
            yield files(folder, disk.f_favail)


def server_user(data_dir: Path) -> int:
    """Return the user id of the running server, or of this process if no server runs."""
    try:
        return (data_dir / PORTS_FILE).stat().st_uid  # a running server wrote it
    except OSError:
        return os.geteuid()


def user(deployment: Deployment, uid: int) -> Finding:
    """Tell whether the server runs as root: then who breaks into it has the whole machine."""
    if uid != 0:
        return passed("user", f"not root (user id {uid})")
    return deployment.grave(
        "user", "the server runs as root", "run rachel serve as a user of its own, such as rachel"
    )


def secret_files(deployment: Deployment) -> Iterator[Path]:
    """Yield the files that are for the server alone, whether they exist or not.

    They hold secrets; and whoever can read the lock can take it, so that no server starts.
    """
    settings = deployment.settings
    yield deployment.dotenv
    yield settings.data_dir / KEY_FILE
    if settings.tls_key is not None:
        yield settings.tls_key
    yield from ssh_host_key_files(settings.data_dir).values()
    database = deployment.database and sqlite_file(deployment.database)
    for folder in {settings.data_dir, *([database.parent] if database else [])}:
        yield folder / LOCK_FILE
    if database:
        yield from (database, database.with_name(f"{database.name}-wal"))


def private_files(deployment: Deployment, paths: Iterable[Path]) -> Iterator[Finding]:
    """Tell for each file whether every user of this machine can read or write it."""
    check = "private files"
    private = []
    for path in paths:
        try:
            mode = path.stat().st_mode
        except OSError:
            continue
        if mode & _OTHERS:
            found = f"{path} can be read by everybody on this machine"
            yield deployment.grave(check, found, f"chmod o= {path}")
        else:
            private.append(path.name)
    if private:
        yield passed(check, ", ".join(private))


def open_folders(deployment: Deployment) -> Iterator[Finding]:
    """Tell for each folder of the server whether every user can put files into it."""
    database = deployment.database and sqlite_file(deployment.database)
    written = [deployment.settings.data_dir, *([database.parent] if database else [])]
    for folder in dict.fromkeys(path.absolute() for path in written):
        try:
            mode = folder.stat().st_mode
        except OSError:
            continue
        if mode & _OTHERS_WRITE:
            found = f"everybody on this machine can put files into {folder}"
            yield deployment.grave("private files", found, f"chmod o-w {folder}")


def space(folder: Path, free: int) -> Finding:
    """Tell whether there is room for more games; ``free`` is in bytes."""
    found, cure = f"{free // _MB:,} MB free in {folder}", "delete something, or get a larger disk"
    if free < _SPACE_MIN:
        return failed("disk space", found, cure)
    if free < _SPACE_WISHED:
        return warned("disk space", found, cure)
    return passed("disk space", found)


def files(folder: Path, free: int) -> Finding:
    """Tell whether files can still be made there."""
    found, cure = f"{free:,} more files fit into {folder}", "delete small files there"
    if free < _FILES_MIN:
        return failed("disk inodes", found, cure)
    if free < _FILES_WISHED:
        return warned("disk inodes", found, cure)
    return passed("disk inodes", found)


def _folders(deployment: Deployment) -> Iterator[Path]:
    """Yield a folder on each disk that the server writes to.

    Of folders that do not exist yet, it is the nearest parent that does.
    """
    database = deployment.database and sqlite_file(deployment.database)
    seen = set()
    for folder in (deployment.settings.data_dir, database and database.parent):
        if folder:
            above = (folder.absolute(), *folder.absolute().parents)
            there = next(it for it in above if os.access(it, os.F_OK))
            if (device := there.stat().st_dev) not in seen:
                seen.add(device)
                yield there
