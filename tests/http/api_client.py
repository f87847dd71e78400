"""A program that uses the API of a running server, and reads the mails it sends."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from accounts_harness import PASSWORD, read_mail
from databases import Database
from http_server import DEADLINE_S, HttpServer, http_server

API: Final = "/api/v1"
LINK: Final = re.compile(r"https?://[^/\s]+(/account/\w+)\?token=([\w-]{43})")


class ApiAnswer(NamedTuple):
    """What a request to the API got; ``body`` is None when there was none."""

    status: int
    body: Any
    headers: Mapping[str, str]


class Api:
    """A server as a program sees it.

    Attributes:
        served: the server.
        database: where it stores everything.
        outbox: where its mails go.
    """

    def __init__(self, served: HttpServer, database: Database) -> None:
        self.served = served
        self.database = database
        self.outbox = database.data_dir / "outbox"
        self._read: set[Path] = set()

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> ApiAnswer:
        """Call an endpoint, with a body and a session's token if there are any."""
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        answer = await self.served.ask(API + path, method, headers=sent, data=data)
        return ApiAnswer(answer.status, json.loads(answer.text or "null"), answer.headers)

    async def good(
        self, method: str, path: str, body: object = None, *, token: str | None = None
    ) -> Any:  # noqa: ANN401 - any JSON
        """Call an endpoint that must do what it is asked, and return its answer's body."""
        answer = await self.call(method, path, body, token=token)
        assert answer.status < 300, answer
        return answer.body

    async def refused(
        self,
        status: int,
        error: str,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str | None = None,
    ) -> ApiAnswer:
        """Call an endpoint that must answer with this error."""
        answer = await self.call(method, path, body, token=token)
        assert (answer.status, answer.body["error"]) == (status, error), answer
        assert set(answer.body) == {"error", "message", "details"}
        assert "\n" not in answer.body["message"]
        return answer

    async def next_mail(self) -> tuple[str, str, str]:
        """Return reader, subject and text of the next mail, once it is there."""
        async with asyncio.timeout(DEADLINE_S):
            while True:
                new = sorted(set(self.outbox.glob("*.eml")) - self._read)
                # It is written in one piece, but not in the moment in which it is made.
                if new and new[0].stat().st_size:
                    self._read.add(new[0])
                    return read_mail(new[0])
                await asyncio.sleep(0.01)

    async def link_token(self, path: str) -> str:
        """Return the token of the next mail's link, which leads to this page."""
        _, _, text = await self.next_mail()
        (found,) = LINK.findall(text)
        assert found[0] == path
        return str(found[1])

    async def register(self, username: str, password: str = PASSWORD) -> None:
        """Make an account with an address of its own, as people do."""
        wanted = {
            "username": username,
            "email": f"{username}@example.org",
            "password": password,
        }
        await self.good("POST", "/accounts", wanted)
        token = await self.link_token("/account/confirm")
        await self.good("POST", "/accounts/confirm", {"token": token})

    async def log_in(self, name: str, password: str = PASSWORD) -> str:
        """Log in and return the session's token."""
        session = await self.good("POST", "/sessions", {"name": name, "password": password})
        return str(session["token"])

    async def newcomer(self, username: str) -> str:
        """Make an account and return the token of a session of it."""
        await self.register(username)
        return await self.log_in(username)


@asynccontextmanager
async def api_on(database: Database, **chosen: object) -> AsyncIterator[Api]:
    """Run a server on a database, with some settings chosen."""
    async with http_server(database, **chosen) as served:
        yield Api(served, database)
