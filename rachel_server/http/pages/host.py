"""What the host of the server has to say: privacy, terms, a contact; and words for machines.

The host's own texts are files in the data folder, read whenever they are asked for. They are shown
as text, never as markup. Without them the pages say what this server does by itself.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from aiohttp import web

from rachel_server.http.assets import asset_url
from rachel_server.http.context import CONTEXT
from rachel_server.http.errors import ApiError
from rachel_server.http.login import caller_of
from rachel_server.http.pages.navigation import PRIVACY_PATH, TERMS_PATH
from rachel_server.http.pages.templates import base_url, page

TEXT_BYTES_MAX: Final = 256 * 1024
_CONTACT_DAYS: Final = 180
"""How long whoever has read a contact may rely on it."""

_ROBOTS: Final = """User-agent: *
Disallow: /account
Disallow: /api/
Disallow: /players/
Disallow: /ws
"""


async def show_privacy(request: web.Request) -> web.Response:
    """Show the host's ``privacy.txt``, or else what a server keeps of people."""
    return await _host_page(request, "privacy")


async def show_terms(request: web.Request) -> web.Response:
    """Show the host's ``terms.txt``, or else how people should treat each other."""
    return await _host_page(request, "terms")


async def show_security(request: web.Request) -> web.Response:
    """Tell where to report a hole in the server's safety (RFC 9116).

    Raises:
        ApiError: the host has given no contact.
    """
    contact = request.app[CONTEXT].settings.contact
    if contact is None:
        raise ApiError(404, "not_found", "The host of this server has given no contact.")
    expires = datetime.now(UTC).replace(microsecond=0) + timedelta(days=_CONTACT_DAYS)
    return web.Response(
        text=f"Contact: {contact}\nExpires: {expires:%Y-%m-%dT%H:%M:%SZ}\nPreferred-Languages: en\n"
        f"Canonical: {base_url(request)}{request.path}\n"
    )


async def show_robots(request: web.Request) -> web.Response:
    """Tell search engines what is no page for them. Tables say it themselves: they get previews."""
    return web.Response(text=_ROBOTS)


async def show_manifest(request: web.Request) -> web.Response:
    """Describe the pages as an app for a home screen."""
    pictures = [("icon-192.png", "192x192", "any"), ("icon-512.png", "512x512", "any maskable")]
    description = {
        "id": "/",
        "name": "Rachel",
        "short_name": "Rachel",
        "description": "A card game for two to eight, at one table whatever they play on.",
        "start_url": "/",
        "display": "standalone",
        "background_color": "#17523a",
        "theme_color": "#17523a",
        "icons": [
            {"src": asset_url("icon.svg"), "type": "image/svg+xml", "sizes": "any"},
            *(
                {"src": asset_url(name), "type": "image/png", "sizes": sizes, "purpose": purpose}
                for name, sizes, purpose in pictures
            ),
        ],
    }
    return web.json_response(description, content_type="application/manifest+json")


async def _host_page(request: web.Request, name: str) -> web.Response:
    settings = request.app[CONTEXT].settings
    text = await asyncio.to_thread(_text, settings.data_dir / f"{name}.txt")
    return page(
        request,
        f"{name}.html",
        account=await caller_of(request),
        host=settings.public_host,
        own_text=text,
        contact=settings.contact,
        mailgun=settings.mailgun_api_key is not None,
        sentry=settings.sentry_dsn is not None,
    )


def _text(file: Path) -> str | None:
    """Return the text in a file of the host's, None if there is none."""
    try:
        with file.open("rb") as opened:
            return opened.read(TEXT_BYTES_MAX).decode("utf-8-sig", errors="replace").strip() or None
    except FileNotFoundError:
        return None


ROUTES: Final = [
    web.get(PRIVACY_PATH, show_privacy),
    web.get(TERMS_PATH, show_terms),
    web.get("/.well-known/security.txt", show_security),
    web.get("/robots.txt", show_robots),
    web.get("/manifest.webmanifest", show_manifest),
]
