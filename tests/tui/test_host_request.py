"""Requests to hosts that answer anything but what they should."""

import ssl
from pathlib import Path

import pytest
from api_stand_in import TOKEN, answer, api_stand_in, refusal
from certificate import write_certificate

from rachel_tui.net.host_api import (
    ApiRefusal,
    Login,
    LoginEnded,
    NoSeat,
    find_host,
    log_in,
    log_out,
    own_account,
    reserve_seat,
    start_table,
)
from rachel_tui.net.host_request import ANSWER_BYTES_MAX, NoAnswer, request
from rachel_tui.net.host_urls import HostUrl, possible_urls

OK = b"HTTP/1.1 200 OK\r\n"
EVIL = "\x1b]0;evil\x07\u202eX\nY" + "z" * 500
SEAT = {"code": "CAKE", "game_id": 7, "seat": 0, "reconnect_token": "01" * 8, "rubp_ports": [6502]}
SESSION = {"token": TOKEN, "expires_at": 1.8e9, "account": {"username": "ann"}}
ACCOUNT = {"username": "ann", "rating": 1016, "rated_games": 1, "rank": 2}


def login_at(url: HostUrl) -> Login:
    """Return a login at a host."""
    return Login(url, "ann", TOKEN, 1.8e9)


async def test_a_request_says_who_asks_for_what() -> None:
    async with api_stand_in(answer(200, {"a": 1})) as host:
        url = HostUrl("http", "127.0.0.1", host.port, "/cards")
        got = await request(url, "POST", "/x", token=TOKEN, body={"name": "ä\r\n"})
    assert (got.status, got.body) == (200, {"a": 1})
    head, _, body = host.heard[0].partition("\r\n\r\n")
    lines = head.split("\r\n")
    assert lines[0] == "POST /cards/x HTTP/1.1"
    assert f"Host: 127.0.0.1:{host.port}" in lines
    assert f"Authorization: Bearer {TOKEN}" in lines
    assert body == '{"name": "\\u00e4\\r\\n"}'


async def test_answers_come_in_every_framing() -> None:
    chunked = OK + b'Transfer-Encoding: chunked\r\n\r\n3\r\n{"a\r\n4\r\n":1}\r\n0\r\n\r\n'
    for reply in (chunked, OK + b'\r\n{"a":1}', b"HTTP/1.1 100 Continue\r\n\r\n" + chunked):
        async with api_stand_in(reply) as host:
            assert (await request(host.url, "GET", "/")).body == {"a": 1}
    async with api_stand_in(b"HTTP/1.1 204 No Content\r\n\r\n") as host:
        assert (await request(host.url, "DELETE", "/")).body == {}


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(b"", id="silence"),
        pytest.param(b"\r\n\r\n", id="blank"),
        pytest.param(b"SSH-2.0-OpenSSH_9.7\r\n", id="another protocol"),
        pytest.param(b"\x00\xff" * 1000, id="noise"),
        pytest.param(b"HTTP/1.1 twohundred OK\r\n\r\n{}", id="no status"),
        pytest.param(b"HTTP/1.1 999 Odd\r\n\r\n{}", id="odd status"),
        pytest.param(b"HTTP/1.1 101 Switching\r\n\r\n{}", id="another protocol wanted"),
        pytest.param(OK + b"Content-Length: 9\r\n\r\n{}", id="cut off"),
        pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", id="bad chunk"),
        pytest.param(OK + b"X: y\r\n" * 200 + b"\r\n{}", id="headers without end"),
        pytest.param(OK + b"X: " + b"y" * 70_000 + b"\r\n\r\n{}", id="long header"),
        pytest.param(OK + b"\r\n<html>", id="a web page"),
        pytest.param(OK + b"\r\n[]", id="no object"),
        pytest.param(OK + b"\r\n\xff\xfe\xfa", id="no text"),
        pytest.param(OK + b"\r\n" + b"[" * 100_000, id="deep"),
        pytest.param(OK + b"\r\n" + b'{"a":' + b"9" * 10_000 + b"}", id="a long number"),
        pytest.param(OK + b"\r\n" + b" " * ANSWER_BYTES_MAX + b"{}", id="huge"),
    ],
)
async def test_garbage_is_told_in_one_line(reply: bytes) -> None:
    async with api_stand_in(reply) as host:
        with pytest.raises(NoAnswer) as trouble:
            await request(host.url, "GET", "/")
        assert str(trouble.value) == f"{host.url} does not answer like a Rachel server"


async def test_a_huge_answer_is_not_read_to_its_end() -> None:
    async with api_stand_in(OK + b"\r\n" + b" " * 64 * 1024 * 1024) as host:
        with pytest.raises(NoAnswer, match="does not answer like"):
            await request(host.url, "GET", "/")


@pytest.mark.parametrize("reply", [b"", OK, OK + b"\r\n{"], ids=["nothing", "half", "no end"])
async def test_a_slow_answer_is_given_up(reply: bytes) -> None:
    async with api_stand_in(reply) as host:
        host.hangs = True
        with pytest.raises(NoAnswer) as trouble:
            await request(host.url, "GET", "/", limit_s=0.2)
        assert str(trouble.value) == f"cannot reach {host.url}: no answer"


async def test_an_answer_ends_by_its_length() -> None:
    async with api_stand_in(answer(200, {"a": 1})) as host:
        host.hangs = True
        assert (await request(host.url, "GET", "/")).body == {"a": 1}


async def test_a_redirect_is_told_and_not_followed() -> None:
    async with api_stand_in(answer(200, ACCOUNT)) as elsewhere:
        to = f"Location: {elsewhere.url}/steal\r\n"
        async with api_stand_in(answer(308, headers=to)) as host:
            with pytest.raises(NoAnswer) as trouble:
                await own_account(login_at(host.url))
        assert str(trouble.value) == f"{host.url} sends elsewhere: {elsewhere.url}/steal"
        assert elsewhere.heard == []


async def test_what_a_host_says_is_harmless_when_shown() -> None:
    async with api_stand_in(refusal(403, "evil", EVIL)) as host:
        with pytest.raises(ApiRefusal) as refused:
            await own_account(login_at(host.url))
    assert str(refused.value).startswith("]0;evilX Yzzz")
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) <= 200
    async with api_stand_in(answer(302, headers=f"Location: \x1b[2J{'x' * 500}\r\n")) as host:
        with pytest.raises(NoAnswer) as trouble:
            await own_account(login_at(host.url))
    assert str(trouble.value).isprintable()
    assert len(str(trouble.value)) < 300


@pytest.mark.parametrize("reply", [answer(500, {}), answer(503, {"message": 5}), answer(429)])
async def test_an_error_without_words_is_told_by_its_status(reply: bytes) -> None:
    async with api_stand_in(reply) as host:
        with pytest.raises(ApiRefusal, match=r"refuses, with status \d{3}$"):
            await own_account(login_at(host.url))


async def test_nobody_there() -> None:
    with pytest.raises(NoAnswer) as trouble:
        await request(HostUrl("http", "127.0.0.1", 1), "GET", "/")
    assert str(trouble.value) == "cannot reach http://127.0.0.1:1: Connection refused"
    with pytest.raises(NoAnswer, match=r"^cannot find x{70}.example: "):
        await request(HostUrl("https", "x" * 70 + ".example", 443), "GET", "/")


async def test_a_certificate_nobody_vouches_for_is_not_trusted(tmp_path: Path) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*write_certificate(tmp_path))
    async with api_stand_in(answer(200, SESSION), tls=context) as host:
        url = HostUrl("https", "localhost", host.port)
        with pytest.raises(NoAnswer, match=rf"^cannot trust https://localhost:{host.port}: self"):
            await log_in(url, "ann", "secret")
        assert host.heard == []


async def test_plain_http_is_spoken_only_on_this_machine() -> None:
    async with api_stand_in(answer(200, {"name": "rachel"})) as host:
        urls = possible_urls(f"127.0.0.1:{host.port}")
        assert await find_host(urls) == host.url
        assert host.asked == ["GET /api/v1/server"]
        with pytest.raises(NoAnswer, match=r"nobody speaks TLS there$"):
            await find_host(urls[:1])


@pytest.mark.parametrize("reply", [answer(200, {"name": "nginx"}), answer(404, {}), b"hello"])
async def test_another_server_is_no_host(reply: bytes) -> None:
    async with api_stand_in(reply) as host:
        with pytest.raises(NoAnswer, match=rf"^{host.url} "):
            await find_host([host.url])


@pytest.mark.parametrize(
    "change",
    [{"token": "x y"}, {"token": None}, {"expires_at": "1"}, {"account": {}},
     {"account": {"username": EVIL}}, {"expires_at": 10**400}],
)  # fmt: skip
async def test_a_session_that_is_none(change: dict[str, object]) -> None:
    async with api_stand_in(answer(201, SESSION | change)) as host:
        with pytest.raises(NoAnswer, match="does not answer like"):
            await log_in(host.url, "ann", "secret")


@pytest.mark.parametrize(
    "change",
    [
        {"rating": "1"},
        {"rating": 10**400},
        {"rating": float("nan")},
        {"rank": 1.5},
        {"username": 1},
    ],
)
async def test_an_account_that_is_none(change: dict[str, object]) -> None:
    async with api_stand_in(answer(200, ACCOUNT | change)) as host:
        with pytest.raises(NoAnswer, match="does not answer like"):
            await own_account(login_at(host.url))


@pytest.mark.parametrize(
    "change",
    [{"code": ""}, {"code": "A/B"}, {"game_id": 0}, {"game_id": 65536}, {"game_id": True + 0.5},
     {"reconnect_token": "0"}, {"reconnect_token": "xy" * 8}],
)  # fmt: skip
async def test_a_seat_that_is_none(change: dict[str, object]) -> None:
    async with api_stand_in(answer(201, SEAT | change)) as host:
        with pytest.raises(NoAnswer, match="does not answer like"):
            await reserve_seat(login_at(host.url), "")


@pytest.mark.parametrize(
    ("ports", "port"),
    [([6502], 6502), ([6502, 1982], 1982), ([], None), ([0, "7", 65536, 6502], 6502), (7, None)],
)
async def test_the_port_of_a_seat(ports: object, port: int | None) -> None:
    async with api_stand_in(answer(201, SEAT | {"rubp_ports": ports})) as host:
        seat = await reserve_seat(login_at(host.url), "")
    assert (seat.code, seat.game_id, seat.token, seat.port) == ("CAKE", 7, b"\1" * 8, port)
    assert host.asked == ["POST /api/v1/seats"]


async def test_a_game_is_begun_with_the_token_of_a_seat() -> None:
    async with api_stand_in(answer(200, {"phase": "playing"})) as host:
        await start_table(host.url, "CAKE", bytes(range(1, 9)))
    assert host.asked == ["POST /api/v1/tables/CAKE/start"]
    assert "\r\nRachel-Seat: 0102030405060708\r\n" in host.heard[0]


async def test_a_seat_in_a_room() -> None:
    async with api_stand_in(answer(201, SEAT)) as host:
        await reserve_seat(login_at(host.url), "CAKE")
    assert host.asked == ["POST /api/v1/tables/CAKE/seats"]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("table_full", "that table is full"),
        ("game_in_progress", "that table is in the middle of a game"),
    ],
)
async def test_no_seat(error: str, told: str) -> None:
    async with api_stand_in(refusal(409, error)) as host:
        with pytest.raises(NoSeat, match=told):
            await reserve_seat(login_at(host.url), "")


async def test_a_login_that_has_ended() -> None:
    async with api_stand_in(refusal(401, "login_required")) as host:
        login = login_at(host.url)
        for call in (own_account(login), reserve_seat(login, "")):
            with pytest.raises(LoginEnded) as ended:
                await call
            told = f"your login at 127.0.0.1 has ended: rachel login {host.url}"
            assert str(ended.value) == told
        await log_out(login)
        assert host.asked[-1] == "DELETE /api/v1/sessions/current"
