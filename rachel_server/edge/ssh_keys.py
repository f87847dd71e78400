"""The keys by which players' SSH clients know this host, made once and kept in the data folder."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import asyncssh


class HostKeyUnusable(OSError):  # noqa: N818 - says what is the matter
    """A host key is there, and cannot be used. There must be no other one in its place.

    Players' clients would warn of a stranger who has taken the host's place.
    """


def host_keys(files: Mapping[str, Path]) -> list[asyncssh.SSHKey]:
    """Return the host's keys, from a file for each algorithm.

    Those that are missing are made, with mode 0600.

    Raises:
        HostKeyUnusable: one cannot be read; the text says in one line what to do.
        OSError: one cannot be written.
    """
    return [_host_key(file, algorithm) for algorithm, file in files.items()]


def exported(keys: Sequence[asyncssh.SSHKey]) -> list[str]:
    """Return keys as texts, for another process of this host."""
    return [key.export_private_key().decode() for key in keys]


def imported(texts: Sequence[str]) -> list[asyncssh.SSHKey]:
    """Return the keys of such texts."""
    return [asyncssh.import_private_key(text) for text in texts]


def _host_key(path: Path, algorithm: str) -> asyncssh.SSHKey:
    try:
        return asyncssh.import_private_key(path.read_bytes())
    except FileNotFoundError:
        if path.is_symlink():
            raise _unusable(path, "it is a link to nowhere") from None
    except OSError as error:
        raise _unusable(path, error.strerror or "it cannot be opened") from None
    except asyncssh.KeyImportError:
        raise _unusable(path, "it is no private key") from None
    key = asyncssh.generate_private_key(algorithm)
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.export_private_key())
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    return key


def _unusable(path: Path, why: str) -> HostKeyUnusable:
    return HostKeyUnusable(
        f"cannot read the SSH host key {path}: {why}; mend or restore it: with another key, "
        "players' clients warn of a stranger"
    )
