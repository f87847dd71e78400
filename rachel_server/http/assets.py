"""The pages' own scripts, styles and pictures, under names that change with their content.

So a browser may keep them for good. They are read and compressed once; no path of a request ever
reaches the disk.
"""

import gzip
import json
import re
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from aiohttp import web

from rachel_server.http.errors import ApiError

PATH: Final = "/static/"

_INSTALLED: Final = Path(__file__).parents[1] / "web"
_CHECKOUT: Final = Path(__file__).parents[2] / "web"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
_HASH_DIGITS: Final = 10
_FOR_READERS: Final = re.compile(rb"^\s*(//[^\n]*\n|/\*\*.*?\*/\n)?", re.MULTILINE | re.DOTALL)
"""What is for the checkout: empty lines, indentation, comments that have lines to themselves."""


class Asset(NamedTuple):
    """One file: its name, its type, its bytes, and these compressed if that makes them fewer."""

    name: str
    content_type: str
    body: bytes
    compressed: bytes | None


def web_folder() -> Path:
    """Return the folder with the templates and the files."""
    return _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT


@cache
def assets() -> dict[str, Asset]:
    """Return every file by the name that it is served under: ``table.0f3a9b7c11.js``."""
    return dict(_named(file) for file in sorted((web_folder() / "static").iterdir()))


@cache
def asset_url(name: str) -> str:
    """Return the path of a file of the folder ``static``.

    Raises:
        StopIteration: there is none with this name.
    """
    return next(PATH + served for served, file in assets().items() if file.name == name)


@cache
def import_map(*names: str) -> str:
    """Return, as JSON, where scripts are that others import by their plain names: ``./rubp.js``."""
    return json.dumps({"imports": {PATH + name: asset_url(name) for name in names}})


async def asset(request: web.Request) -> web.Response:
    """Answer ``/static/NAME``.

    Raises:
        ApiError: there is no such file.
    """
    found = assets().get(request.match_info["name"])
    if found is None:
        raise ApiError(404, "not_found", "There is no such file.")
    headers = {
        "Content-Type": found.content_type,
        "Cache-Control": "public, max-age=31536000, immutable",
        "Vary": "Accept-Encoding",
    }
    if found.compressed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
        return web.Response(body=found.compressed, headers=headers | {"Content-Encoding": "gzip"})
    return web.Response(body=found.body, headers=headers)


def _named(file: Path) -> tuple[str, Asset]:
    """Return a file, and its name with the hash of what is in it."""
    body = file.read_bytes()
    if file.suffix in (".js", ".css"):
        body = _FOR_READERS.sub(b"", body)
    digits = sha256(body).hexdigest()[:_HASH_DIGITS]
    compressed = gzip.compress(body, mtime=0)
    smaller = compressed if len(compressed) < len(body) else None
    served = f"{file.stem}.{digits}{file.suffix}"
    return served, Asset(file.name, _TYPES[file.suffix], body, smaller)


ROUTES: Final = [web.get(PATH + "{name}", asset)]
