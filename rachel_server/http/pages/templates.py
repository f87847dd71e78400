"""Pages from the templates in the folder ``web``: HTML with ``$names`` in it."""

from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Final

from aiohttp import web

from rachel_server.http.security import NONCE, fresh_nonce

_INSTALLED: Final = Path(__file__).parents[2] / "web"
_CHECKOUT: Final = Path(__file__).parents[3] / "web"


def web_folder() -> Path:
    """Return the folder with the templates."""
    return _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT


def page(request: web.Request, template: str, *, status: int = 200, **values: str) -> web.Response:
    """Return a page made from ``template``.

    In it ``$name`` stands for the value of that name, which is text and never markup, and
    ``$nonce`` for what its ``<style>`` and ``<script>`` must carry to be obeyed.

    Raises:
        KeyError: the template names a value that was not given.
    """
    nonce = request[NONCE] = fresh_nonce()
    texts = {name: escape(value) for name, value in values.items()}
    text = _template(template).substitute(texts, nonce=nonce)
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")


@cache
def _template(name: str) -> Template:
    return Template((web_folder() / name).read_text(encoding="utf-8"))
