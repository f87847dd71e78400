"""Pages from Jinja's templates in the folder ``web``; every value in them is escaped."""

import re
from datetime import UTC, datetime
from functools import cache
from typing import Final

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from rachel.address import address_text
from rachel_server.accounts.account import Account
from rachel_server.http.assets import asset_url, import_map, web_folder
from rachel_server.http.clients import CLIENT
from rachel_server.http.context import CONTEXT
from rachel_server.http.login import prolong_session
from rachel_server.http.pages.pictures import cards, draw_card, plot, qr_svg
from rachel_server.http.security import NONCE, fresh_nonce
from rachel_server.ops.settings import DEFAULT_RUBP_PORT

_SSH_PORT: Final = 22
_HOST: Final = re.compile(r"([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")


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
    - ``sends_mail``: whether mails leave the server,
    - ``base_url``: where people reach the server's pages, without a slash at the end,
    - ``address``: what ``rachel play`` wants to be told, to play here in a terminal,
    - ``ssh``: the command with which people play here over SSH, empty where they cannot,
    - ``asset(name)``: the path of a file, ``import_map(*names)``: for scripts that import others,
    - ``cards``, ``draw_card``, ``plot`` and ``qr_svg`` of `pictures`.

    Raises:
        UndefinedError: the template names a value that was not given.
    """
    settings = request.app[CONTEXT].settings
    nonce = request[NONCE] = fresh_nonce()
    known = {
        "current": request.path,
        "nonce": nonce,
        "version": settings.app_version,
        "sends_mail": settings.sends_mail,
        "base_url": base_url(request),
        "address": terminal_address(request),
        "ssh": _ssh_command(request),
    }
    text = environment().get_template(template).render(known | values, account=account)
    answer = web.Response(text=text, status=status, content_type="text/html", charset="utf-8")
    if account is not None:
        prolong_session(request, answer)
    return answer


def base_url(request: web.Request) -> str:
    """Return the URL of the server's pages, as mails have it.

    A server without a name, such as one at home, is called what the browser calls it.
    """
    context = request.app[CONTEXT]
    if context.settings.public_host != "localhost" or not _HOST.fullmatch(request.host):
        return context.base_url
    return f"{'https' if request[CLIENT].secure else 'http'}://{request.host}"


def terminal_address(request: web.Request) -> str:
    """Return the host for terminals, with its port if that is not the usual one."""
    context = request.app[CONTEXT]
    host, ports = _host(request), context.rubp_ports
    usual = not ports or DEFAULT_RUBP_PORT in ports
    return host if usual else address_text(host, ports[0])


def _ssh_command(request: web.Request) -> str:
    context = request.app[CONTEXT]
    settings, host = context.settings, _host(request)
    if settings.ssh_port is None:
        return ""
    port = settings.ssh_public_port or settings.ssh_port
    return f"ssh {host}" if port == _SSH_PORT else f"ssh -p {port} {host}"


def _host(request: web.Request) -> str:
    """Return how people call this server: at home as the browser does."""
    host = request.app[CONTEXT].settings.public_host
    called = _HOST.fullmatch(request.host)
    return called[1].strip("[]") if host == "localhost" and called is not None else host


@cache
def environment() -> Environment:
    """Return what makes pages of templates."""
    environment = Environment(
        loader=FileSystemLoader(web_folder()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["utc"] = _utc
    environment.globals.update(asset=asset_url, import_map=import_map)
    environment.globals.update(cards=cards, draw_card=draw_card, plot=plot, qr_svg=qr_svg)
    return environment


def _utc(unix_time: float, form: str) -> str:
    return datetime.fromtimestamp(unix_time, UTC).strftime(form)
