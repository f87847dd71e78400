"""A stand-in for Mailgun: takes mails over HTTP on loopback, or refuses them as told."""

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web

KEY: Final = "key-0123456789"
DOMAIN: Final = "mg.example.org"


class MailgunStandIn:
    """Answers each request with the next status, 200 when there is none left.

    Attributes:
        url: where it is.
        statuses: what to answer next; None to answer nothing until `leave`.
        asked: how many requests came.
        at_once: the most that were there at a time.
        taken: the forms of the mails that were taken.
    """

    def __init__(self) -> None:
        self.url = ""
        self.statuses: list[int | None] = []
        self.asked = 0
        self.at_once = 0
        self.taken: list[dict[str, str]] = []
        self.leave = asyncio.Event()
        self._here = 0
        self._came = asyncio.Event()

    async def was_asked(self, times: int) -> None:
        """Wait until so many requests have come."""
        async with asyncio.timeout(20):
            while self.asked < times:
                await self._came.wait()

    async def handle(self, request: web.Request) -> web.Response:
        """Answer a request to send a mail."""
        assert request.path == f"/v3/{DOMAIN}/messages"
        scheme, _, told = request.headers["Authorization"].partition(" ")
        assert (scheme, b64decode(told)) == ("Basic", f"api:{KEY}".encode())
        form = {name: str(value) for name, value in (await request.post()).items()}
        self._here += 1
        self.at_once = max(self.at_once, self._here)
        self.asked += 1
        self._came.set()
        self._came = asyncio.Event()
        status = self.statuses.pop(0) if self.statuses else 200
        if status is None:
            await self.leave.wait()
        self._here -= 1
        if status != 200:
            return web.json_response({"message": "no"}, status=status or 503)
        self.taken.append(form)
        return web.json_response({"id": "<1@example.org>", "message": "Queued. Thank you."})


@asynccontextmanager
async def mailgun_stand_in() -> AsyncIterator[MailgunStandIn]:
    """Run a stand-in."""
    stand_in = MailgunStandIn()
    app = web.Application()
    app.router.add_post("/{path:.*}", stand_in.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    stand_in.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield stand_in
    finally:
        stand_in.leave.set()
        await runner.cleanup()
