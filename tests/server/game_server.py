"""A server in the test's own process, on loopback and a free port."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from databases import Database, SqliteDatabase

from rachel_server.app import Server
from rachel_server.core.table_settings import TableSettings
from rachel_server.ops.secrets import Secret
from rachel_server.ops.settings import ServerSettings


@asynccontextmanager
async def game_server(
    where: Path | Database,
    *,
    seats: int = 2,
    start_delay_s: float = 60.0,
    bot_delay_s: float = 0.0,
    turn_time_s: float | None = None,
) -> AsyncIterator[int]:
    """Run a server and yield its port; nothing that goes on in it may raise.

    Its database is the one given, or that in a data folder.

    Raises:
        AssertionError: in the end, when something raised that nobody caught.
    """
    troubles: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, trouble: troubles.append(trouble))
    database = SqliteDatabase(where) if isinstance(where, Path) else where
    url = database.server_url
    settings = ServerSettings(
        data_dir=database.data_dir,
        host="127.0.0.1",
        rubp_ports=(0,),
        table=TableSettings(
            seats=seats,
            start_delay_s=start_delay_s,
            bot_delay_s=bot_delay_s,
            turn_time_s=turn_time_s,
        ),
        mdns=False,
        database_url=None if url is None else Secret(url),
    )
    async with Server(settings) as server:
        yield server.rubp_ports[0]
    loop.set_exception_handler(None)
    assert not troubles
