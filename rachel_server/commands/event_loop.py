"""What a process of the server runs on: its event loop, its garbage collector, its open files."""

import asyncio
import gc
import sys
from typing import Final

FILES_MAX: Final = 65_536
"""Files that may be open at once, if the system lets us: each connection is one."""


def allow_many_files() -> None:
    """Open more files than many shells allow at first, which is 1,024."""
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = FILES_MAX if hard == resource.RLIM_INFINITY else min(FILES_MAX, hard)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def rest_the_collector() -> None:
    """Let the garbage collector skip what starting has made, and run less often.

    This saves about a tenth of an action's time. What starting has made lives until the end, and
    almost nothing that an action makes is in a reference cycle.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def loop_factory() -> "type[asyncio.AbstractEventLoop] | None":
    """Return uvloop's event loop where it is installed, else the standard one."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.Loop
