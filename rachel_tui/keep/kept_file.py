"""Files that a player keeps, opened so that no pipe, device or endless file stops the client."""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO


def open_kept(path: Path) -> BinaryIO:
    """Open a file for reading.

    Raises:
        OSError: it cannot be opened, or is something else than a file: a folder, a pipe, a device.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is no file")
    return os.fdopen(descriptor, "rb")


def read_kept(path: Path, most: int) -> bytes:
    """Return the bytes of a file.

    Raises:
        OSError: it cannot be read, is no file, or has more than ``most`` bytes.
    """
    with open_kept(path) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    return data
