"""A server with HTTP in the test's own process, and ways to talk to it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

import aiohttp
from databases import Database, SqliteDatabase

from rachel_server.app import Server
from rachel_server.core.table_settings import TableSettings
from rachel_server.ops.secrets import Secret
from rachel_server.ops.settings import ServerSettings

HOST: Final = "127.0.0.1"
DEADLINE_S: Final = 30.0
"""What takes longer than this will never happen."""


class Answer(NamedTuple):
    """What a request got."""

    status: int
    headers: Mapping[str, str]
    text: str


class HttpServer:
    """A running server as a client over HTTP sees it.

    Attributes:
        server: the server.
        url: where it answers, without a slash at the end.
        session: a client with cookies and connections of its own.
        data_dir: its data folder.
    """

    def __init__(self, server: Server, session: aiohttp.ClientSession, data_dir: Path) -> None:
        self.server = server
        self.session = session
        self.data_dir = data_dir
        self.port = server.ports["http"][0]
        self.url = f"http://{HOST}:{self.port}"

    async def ask(
        self,
        path: str,
        method: str = "GET",
        *,
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
    ) -> Answer:
        """Send a request and return the answer; redirects are not followed."""
        async with self.session.request(
            method, self.url + path, headers=headers, allow_redirects=False, data=data
        ) as answer:
            return Answer(answer.status, answer.headers, await answer.text())

    async def json(self, path: str) -> dict[str, Any]:
        """Return the object that an answer is."""
        async with self.session.get(self.url + path) as answer:
            body = await answer.json()
        assert isinstance(body, dict)
        return body


@asynccontextmanager
async def http_server(where: Path | Database, **chosen: object) -> AsyncIterator[HttpServer]:
    """Run a server on loopback and free ports with some settings chosen.

    Its database is the one given, or that in a data folder.

    Raises:
        AssertionError: in the end, when something in it raised that nobody caught.
    """
    troubles: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, trouble: troubles.append(trouble))
    database = SqliteDatabase(where) if isinstance(where, Path) else where
    url = database.server_url
    settings = ServerSettings(
        data_dir=database.data_dir,
        host=HOST,
        rubp_ports=(0,),
        http_port=0,
        table=TableSettings(seats=2, start_delay_s=60.0, bot_delay_s=0.0, turn_time_s=None),
        mdns=False,
        database_url=None if url is None else Secret(url),
    )
    async with (
        Server(replace(settings, **cast(dict[str, Any], chosen))) as server,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(DEADLINE_S)) as session,
    ):
        yield HttpServer(server, session, database.data_dir)
    asyncio.get_running_loop().set_exception_handler(None)
    assert not troubles
