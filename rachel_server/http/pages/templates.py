"""Pages from Jinja's templates in the folder ``web``; every value in them is escaped."""

from datetime import UTC, datetime
from functools import cache

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from rachel_server.accounts.account import Account
from rachel_server.http.assets import asset_url, import_map, web_folder
from rachel_server.http.context import CONTEXT
from rachel_server.http.login import prolong_session
from rachel_server.http.security import NONCE, fresh_nonce


def page(
    request: web.Request,
    template: str,
    *,
    account: Account | None = None,
    status: int = 200,
    **values: object,
) -> web.Response:
    """Return a page made from ``template``, with ``account`` logged in.

    Besides ``values`` the template knows the account and

    - ``current``: the path of the page,
    - ``nonce``: the nonce of its styles and scripts,
    - ``version``: the release,
    - ``asset(name)``: the path of a file, ``import_map()``: what the scripts import.

    Raises:
        UndefinedError: the template names a value that was not given.
    """
    nonce = request[NONCE] = fresh_nonce()
    text = (
        _environment()
        .get_template(template)
        .render(
            values,
            account=account,
            current=request.path,
            nonce=nonce,
            version=request.app[CONTEXT].settings.app_version,
        )
    )
    answer = web.Response(text=text, status=status, content_type="text/html", charset="utf-8")
    if account is not None:
        prolong_session(request, answer)
    return answer


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(web_folder()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["utc"] = _utc
    environment.globals.update(asset=asset_url, import_map=import_map)
    return environment


def _utc(unix_time: float, form: str) -> str:
    return datetime.fromtimestamp(unix_time, UTC).strftime(form)
