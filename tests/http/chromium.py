"""A real browser, the Chromium of the system, and what it has to complain about."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from playwright.async_api import Browser, ConsoleMessage, Page, Request, async_playwright

LAN_NAME: Final = "rachel.lan"
"""A name of this machine. To Chromium plain HTTP is as safe as HTTPS on loopback, but not here."""

_PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS: Final = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    f"--host-resolver-rules=MAP {LAN_NAME} 127.0.0.1",
)  # fmt: skip


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Run Chromium without a screen; it knows this machine as `LAN_NAME`, too.

    Raises:
        FileNotFoundError: there is none.
    """
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        raise FileNotFoundError("tests of the pages need Chromium: run scripts/need-chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        yield browser
        await browser.close()


def complaints_of(page: Page) -> list[str]:
    """Return a list to which everything is added that goes wrong in a page from now on.

    Chromium reports what the Content-Security-Policy forbids on the console, and on plain HTTP that
    there is one policy that it does not need, which is no complaint.
    """
    complaints: list[str] = []

    def listen(said: ConsoleMessage) -> None:
        if not said.text.startswith("The Cross-Origin-Opener-Policy header has been ignored"):
            complaints.append(f"{said.type}: {said.text}")

    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.extend(failure_of(request)))
    return complaints


def failure_of(request: Request) -> list[str]:
    """Return that a request failed; one that ended with its page, such as an icon's, did not."""
    return [] if request.failure == "net::ERR_ABORTED" else [f"failed: {request.url}"]
