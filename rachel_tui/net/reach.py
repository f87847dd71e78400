"""Whether a host can be reached at all: by its pages, or where its games are."""

import asyncio
from collections.abc import Sequence
from typing import Final

from rachel_tui.net.host_api import find_host
from rachel_tui.net.host_request import HostTrouble, NoSuchHost
from rachel_tui.net.host_urls import HostUrl
from rachel_tui.net.line import Dial, why_unreachable

NO_SUCH_HOST: Final = "Check how it is written, and whether this machine is online."
"""What to do about a name that no machine has."""

NAME_GONE: Final = "It may have another name by now, or this machine is offline."
"""What may be so when a name that was good once is no machine's."""

_DIAL_LIMIT_S: Final = 10.0


async def why_silent(urls: Sequence[HostUrl], dial: Dial, where: str) -> str:
    """Return why a host answers neither at ``urls`` nor to ``dial``; empty if it does.

    ``where`` is what people read for the host.
    """
    try:
        await find_host(urls)
    except NoSuchHost as trouble:
        return f"{trouble}. {NO_SUCH_HOST}"
    except HostTrouble:
        return await _why_undialled(dial, where)
    return ""


async def _why_undialled(dial: Dial, where: str) -> str:
    try:
        async with asyncio.timeout(_DIAL_LIMIT_S):
            line = await dial()
    except OSError as problem:
        return why_unreachable(where, problem)
    await line.close()
    return ""
