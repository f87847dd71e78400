"""A table host in a thread of its own, for apps that bring their own event loop."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from table_host import TableHost


@contextmanager
def hosting_in_thread(host: TableHost) -> Iterator[TableHost]:
    """Run ``host`` until the context ends."""
    loop = asyncio.new_event_loop()
    loop.run_until_complete(host.listen())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield host
    finally:
        asyncio.run_coroutine_threadsafe(host.stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
