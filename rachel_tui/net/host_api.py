"""What the client asks of a host's HTTP API: logins, the account, a seat for it, who plays."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeGuard
from urllib.parse import quote

from rachel.address import DEFAULT_PORT, address_text, parse_address
from rachel_tui.net.host_request import (
    ANSWER_BYTES_MAX,
    HostTrouble,
    NoAnswer,
    NoSuchHost,
    no_rachel,
    one_line,
    player_names,
    request,
)
from rachel_tui.net.host_urls import HostUrl, is_here, parse_url
from rachel_tui.net.refusals import GAME_RUNS, TABLE_FULL
from rachel_tui.paths import command_text

_API: Final = "/api/v1"
CODE: Final = re.compile(r"[A-Z0-9]{1,8}")
_SEAT_TOKEN: Final = re.compile(r"[0-9a-f]{16}")
_USERNAME: Final = re.compile(r"[A-Za-z0-9_]{1,20}")
_LOGIN_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{16,128}")
_DEVICE: Final = re.compile(r"[A-Za-z0-9._-]{1,128}")
_RATING_MAX: Final = 1_000_000
"""No rating comes near this; a larger number does not come from a Rachel server."""
TABLES_MAX: Final = 9
"""How many tables are offered to somebody who may watch: each has a digit for its key."""
_NO_SEAT: Final = {
    "table_full": TABLE_FULL,
    "game_in_progress": GAME_RUNS,
}


@dataclass(frozen=True, slots=True)
class Login:
    """An account at a host, and the proof that it is ours.

    Attributes:
        url: where the host's HTTP side is; the token is sent nowhere else.
        username: the account's name.
        token: the proof; it acts for the account.
        expires_at: when the login ends if it is not used, Unix time in seconds.
        device: what the host knows this machine by at the next login; empty if it said nothing.

    Raises:
        ValueError: this is no login that a host could have given.
    """

    url: HostUrl
    username: str
    token: str = field(repr=False)
    expires_at: float
    device: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        right = _USERNAME.fullmatch(self.username) and _LOGIN_TOKEN.fullmatch(self.token)
        if not right or not math.isfinite(self.expires_at):
            raise ValueError("no login")

    @property
    def host(self) -> str:
        """The host's name or address, without a port."""
        return self.url.host


class ApiRefusal(HostTrouble):
    """The host refused.

    Attributes:
        error: the API's identifier of the reason.
    """

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message)
        self.error = error


class NoSeat(ApiRefusal):
    """The table has no seat for the account."""


class LoginEnded(HostTrouble):
    """The host no longer accepts the token of a login."""

    def __init__(self, login: Login) -> None:
        super().__init__(
            f"your login at {login.host} has ended: {command_text(f'login {login.url.typed}')}"
        )


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """What a host says of the account of a login.

    Attributes:
        username: the account's name.
        rating: its Elo rating.
        rated_games: how many games the rating comes from.
        rank: its place on the leaderboard, None without one.
    """

    username: str
    rating: float
    rated_games: int
    rank: int | None


@dataclass(frozen=True, slots=True)
class ReservedSeat:
    """A seat that the host keeps for the account.

    Attributes:
        code: the room code of its table.
        game_id: the table's RUBP id.
        token: the 8 bytes that a HELLO takes the seat with.
        port: the RUBP port of the host, None when it did not say.
        tls_port: the port for RUBP inside TLS, None when there is none.
        left: whether the account has left the game that runs there.
    """

    code: str
    game_id: int
    token: bytes
    port: int | None = None
    tls_port: int | None = None
    left: bool = False


@dataclass(frozen=True, slots=True)
class PublicTable:
    """A table that everybody may watch.

    Attributes:
        code: its room code.
        story: in a few words who is there, cleaned.
    """

    code: str
    story: str


@dataclass(frozen=True, slots=True)
class Gallery:
    """What can be watched at a host.

    Attributes:
        tables: some of its public tables, those where a game runs first.
        port: the RUBP port of the host, None when it did not say.
        tls_port: the port for RUBP inside TLS, None when there is none.
        shared: where friends open its pages, wherever they are.
    """

    tables: tuple[PublicTable, ...]
    port: int | None
    tls_port: int | None
    shared: HostUrl


async def find_host(urls: Sequence[HostUrl]) -> HostUrl:
    """Return the first of ``urls`` at which a Rachel server answers.

    Raises:
        NoSuchHost: no machine is found by the name, for which the others are not asked.
        HostTrouble: there is none.
    """
    troubles = []
    for url in urls:
        try:
            server = await ask_api(url, "GET", "/server")
        except NoSuchHost:
            raise
        except HostTrouble as trouble:
            troubles.append(str(trouble))
            continue
        if server.get("name") == "rachel":
            return url
        troubles.append(str(no_rachel(url)))
    raise NoAnswer("; ".join(troubles))


async def gallery(url: HostUrl) -> Gallery:
    """Return what can be watched at a host.

    Raises:
        HostTrouble: the host cannot be reached.
    """
    server = await ask_api(url, "GET", "/server")
    listed = (await ask_api(url, "GET", "/tables?limit=100")).get("items")
    tables = [_public_table(table) for table in listed] if isinstance(listed, list) else []
    found = sorted(filter(None, tables), key=lambda table: not table.story.startswith("playing"))
    ports = rubp_port(server), rubp_tls_port(server)
    return Gallery(tuple(found[:TABLES_MAX]), *ports, shared_url(url, server))


def _public_table(table: object) -> PublicTable | None:
    """Return a table as the API shows it, None if it is none that can be watched."""
    match table:
        case {
            "code": str(code),
            "phase": "playing" | "waiting" as phase,
            "watch": True,
            "players": list(players),
        } if CODE.fullmatch(code):
            return PublicTable(code, f"{phase}: {', '.join(player_names(players))}")
    return None


async def register(url: HostUrl, username: str, address: str, password: str) -> str:
    """Ask for an account; return what the host says must follow, empty if it says nothing.

    Raises:
        ApiRefusal: the host refuses; its ``error`` begins with the name of the field at fault.
        HostTrouble: the host cannot be reached.
    """
    body = {"username": username, "email": address, "password": password}
    answer = await ask_api(url, "POST", "/accounts", body=body)
    return one_line(answer.get("message"))


async def log_in(url: HostUrl, name: str, password: str, earlier: Login | None = None) -> Login:
    """Log in with a username or e-mail address and the password; return the login.

    An earlier login there tells the host that it knows this machine.

    Raises:
        HostTrouble: the host refuses, or cannot be reached.
    """
    body = {"name": name, "password": password}
    if earlier is not None and earlier.url == url and _DEVICE.fullmatch(earlier.device):
        body["device"] = earlier.device
    session = await ask_api(url, "POST", "/sessions", body=body)
    match session:
        case {
            "token": str(token),
            "expires_at": int(expires_at) | float(expires_at),
            "account": {"username": str(username)},
        }:
            try:
                return Login(url, username, token, expires_at, str(session.get("device", "")))
            except (ValueError, OverflowError):
                raise no_rachel(url) from None
    raise no_rachel(url)


async def log_out(login: Login) -> None:
    """End a login at its host. It is no error if the login has ended already.

    Raises:
        HostTrouble: the host could not be told.
    """
    try:
        await ask_api(login.url, "DELETE", "/sessions/current", login=login)
    except LoginEnded:
        return


async def own_account(login: Login) -> OwnAccount:
    """Return the account of a login.

    Raises:
        LoginEnded: the host no longer accepts the login.
        HostTrouble: the host cannot be reached.
    """
    account = await ask_api(login.url, "GET", "/account", login=login)
    match account:
        case {
            "username": str(username),
            "rating": int(rating) | float(rating),
            "rated_games": int(rated_games),
            "rank": (int() | None) as rank,
        } if abs(rating) < _RATING_MAX:
            return OwnAccount(one_line(username), rating, rated_games, rank)
    raise no_rachel(login.url)


async def reserve_seat(login: Login, room: str) -> ReservedSeat:
    """Have a seat kept for the account of a login; an empty ``room`` means any table.

    Raises:
        NoSeat: there is none.
        LoginEnded: the host no longer accepts the login.
        HostTrouble: the host cannot be reached.
    """
    path = f"/tables/{quote(room, safe='')}/seats" if room else "/seats"
    try:
        seat = await ask_api(login.url, "POST", path, login=login, body={})
    except ApiRefusal as refusal:
        if refusal.error in _NO_SEAT:
            raise NoSeat(refusal.error, _NO_SEAT[refusal.error]) from None
        raise
    match seat:
        case {"code": str(code), "game_id": int(game_id), "reconnect_token": str(token)}:
            if 0 < game_id <= 0xFFFF and CODE.fullmatch(code) and _SEAT_TOKEN.fullmatch(token):
                return ReservedSeat(
                    *(code, game_id, bytes.fromhex(token), rubp_port(seat), rubp_tls_port(seat))
                )
    raise no_rachel(login.url)


async def start_table(url: HostUrl, room: str, token: bytes) -> None:
    """Have the game in a room begin at once, for the one whose seat there has the RUBP ``token``.

    Raises:
        HostTrouble: the host refuses, or cannot be reached.
    """
    await ask_api(url, "POST", f"/tables/{quote(room, safe='')}/start", seat=token)


async def ask_api(
    url: HostUrl,
    method: str,
    path: str,
    *,
    login: Login | None = None,
    seat: bytes | None = None,
    body: Mapping[str, Any] | None = None,
    bytes_max: int = ANSWER_BYTES_MAX,
) -> dict[str, Any]:
    """Call the API and return the object in its answer.

    Raises:
        LoginEnded: the host no longer accepts ``login``.
        HostTrouble: it refuses otherwise, or there is no answer.
    """
    token = None if login is None else login.token
    answer = await request(
        url, method, f"{_API}{path}", token=token, seat=seat, body=body, bytes_max=bytes_max
    )
    if answer.status < 300:
        return answer.body
    if answer.status == 401 and login is not None:
        raise LoginEnded(login)
    message = one_line(answer.body.get("message")).rstrip(".")
    error = answer.body.get("error")
    raise ApiRefusal(
        error if isinstance(error, str) else "",
        message or f"{url} refuses, with status {answer.status}",
    )


async def games_port(where: str) -> int | None:
    """Return the RUBP port of the host whose pages answer at ``where``, a HOST:PORT.

    None where these are the pages of something else, or do not say it.
    """
    try:
        return rubp_port(await ask_api(parse_url(f"http://{where}"), "GET", "/server"))
    except (HostTrouble, ValueError):
        return None


def games_text(where: str, port: int | None) -> str:
    """Return why no game is at ``where``, a HOST:PORT of pages, and at which ``port`` it is."""
    pages = f"{where} is the port of pages"
    if port is None:
        return f"{pages}: games have another port, usually {DEFAULT_PORT}"
    return f"{pages}: games are at {address_text(parse_address(where)[0], port)}"


def rubp_port(answer: Mapping[str, Any]) -> int | None:
    """Return a RUBP port of the host, the usual one if it is listed; None when none is listed."""
    listed = answer.get("rubp_ports")
    ports = [port for port in listed if _is_port(port)] if isinstance(listed, list) else []
    return DEFAULT_PORT if DEFAULT_PORT in ports else next(iter(ports), None)


def shared_url(url: HostUrl, answer: Mapping[str, Any]) -> HostUrl:
    """Return where friends find the pages at ``url``, of which their host says what it is called.

    They find them where the player did, unless that means something else at their machines.
    """
    named = answer.get("url")
    if not is_here(url.host) or not isinstance(named, str):
        return url
    try:
        shared = parse_url(named)
    except ValueError:
        return url
    return url if is_here(shared.host) else shared


def rubp_tls_port(answer: Mapping[str, Any]) -> int | None:
    """Return the host's port for RUBP inside TLS, None when there is none."""
    port = answer.get("rubp_tls_port")
    return port if _is_port(port) else None


def _is_port(port: object) -> TypeGuard[int]:
    return isinstance(port, int) and 0 < port <= 0xFFFF
