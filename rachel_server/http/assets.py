"""The pages' own scripts, styles and pictures, under names that change with their content.

So a browser may keep them for good. They are read once, and compressed once by Brotli or gzip, when
somebody first takes them so; no path of a request ever reaches the disk.
"""

import gzip
import json
import re
from collections.abc import Callable
from functools import cache, partial
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
_WEIGHT: Final = re.compile(r"([\w*-]+)\s*(?:;\s*q=(\d(?:\.\d{1,3})?))?")
"""A coding in Accept-Encoding, and how much it is liked, 0 to 1."""
_FOR_READERS: Final = re.compile(rb"^\s*(//[^\n]*\n|/\*\*.*?\*/\n)?", re.MULTILINE | re.DOTALL)
"""What is for the checkout: empty lines, indentation, comments that have lines to themselves."""


class Asset(NamedTuple):
    """One file: its name, its type and its bytes."""

    name: str
    content_type: str
    body: bytes


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
    name = request.match_info["name"]
    found = assets().get(name)
    if found is None:
        raise ApiError(404, "not_found", "There is no such file.")
    headers = {
        "Content-Type": found.content_type,
        "Cache-Control": "public, max-age=31536000, immutable",
        "Vary": "Accept-Encoding",
    }
    for coding in _taken(",".join(request.headers.getall("Accept-Encoding", ()))):
        packed = _packed(name, coding)
        if packed is not None:
            return web.Response(body=packed, headers=headers | {"Content-Encoding": coding})
    return web.Response(body=found.body, headers=headers)


def _taken(accepted: str) -> list[str]:
    """Return the codings that a client takes, by its Accept-Encoding: what it likes best first."""
    weights = {coding: float(weight or 1) for coding, weight in _WEIGHT.findall(accepted.lower())}
    liked = {coding: weights.get(coding, weights.get("*", 0.0)) for coding in _packers()}
    least = weights.get("identity", 0.0)
    return sorted(
        (it for it in liked if 0 < liked[it] >= least), key=liked.__getitem__, reverse=True
    )


@cache
def _packers() -> dict[str, Callable[[bytes], bytes]]:
    """Return what compresses, by the name of its coding, the best first; not all have Brotli."""
    packers: dict[str, Callable[[bytes], bytes]] = {"gzip": partial(gzip.compress, mtime=0)}
    try:
        import brotli
    except ImportError:
        return packers
    return {"br": brotli.compress} | packers


@cache
def _packed(name: str, coding: str) -> bytes | None:
    """Return a file compressed; None for pictures that are, and if it would not be smaller."""
    file = assets()[name]
    if file.content_type == _TYPES[".png"]:
        return None
    packed = _packers()[coding](file.body)
    return packed if len(packed) < len(file.body) else None


def _named(file: Path) -> tuple[str, Asset]:
    """Return a file, and its name with the hash of what is in it."""
    body = file.read_bytes()
    if file.suffix in (".js", ".css"):
        body = _FOR_READERS.sub(b"", body)
    digits = sha256(body).hexdigest()[:_HASH_DIGITS]
    served = f"{file.stem}.{digits}{file.suffix}"
    return served, Asset(file.name, _TYPES[file.suffix], body)


ROUTES: Final = [web.get(PATH + "{name}", asset)]
