"""Errors for people: a page instead of JSON if a page was requested."""

from collections.abc import Iterable
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from rachel_server.http import health_page, metrics_page
from rachel_server.http.errors import ERROR
from rachel_server.http.pages.templates import page

_API: Final = "/api/"
_FOR_PROGRAMS: Final = health_page.PATHS | {metrics_page.PATH}

_TITLES: Final = {
    403: "That is not allowed",
    404: "No such page",
    413: "That is too much",
    429: "Too fast",
    500: "Something went wrong",
    503: "Not just now",
}
_OTHERWISE: Final = "That did not work"


@web.middleware
async def errors_as_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Show errors to browsers as pages; programs, and paths for programs, get JSON."""
    answer = await handler(request)
    error = answer.get(ERROR)
    if error is None or not _wants_page(request):
        return answer
    title = _TITLES.get(error.status, _OTHERWISE)
    shown = page(request, "error.html", status=error.status, title=title, message=error.message)
    shown.headers.update(error.headers or {})
    if answer.keep_alive is False:
        shown.force_close()
    return shown


def _wants_page(request: web.Request) -> bool:
    if request.path.startswith(_API) or request.path in _FOR_PROGRAMS:
        return False
    return _prefers_html(request.headers.getall("Accept", ()))


def _prefers_html(accept: Iterable[str]) -> bool:
    """Tell whether HTML is accepted by name and not less than JSON; ``*/*`` is no name."""
    weights: dict[str, float] = {}
    for part in ",".join(accept).lower().split(","):
        media_type, *parameters = (piece.strip() for piece in part.split(";"))
        weights[media_type] = _weight(parameters)
    html = weights.get("text/html", 0.0)
    return html > 0 and html >= weights.get("application/json", 0.0)


def _weight(parameters: Iterable[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter.removeprefix("q="))
            except ValueError:
                return 0.0
    return 1.0
