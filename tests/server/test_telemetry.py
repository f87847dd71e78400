"""The log as text and as JSON, what it keeps to itself, and reports to Sentry."""

import asyncio
import io
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest
from sentry_ingest import sentry_ingest
from tcp_player import DEADLINE_S, TcpPlayer

from rachel_server.ops.environment import VARIABLES
from rachel_server.ops.log_ids import connection_id, request_id
from rachel_server.ops.redaction import redact
from rachel_server.ops.secrets import Secret
from rachel_server.ops.settings import LogFormat
from rachel_server.ops.telemetry import log_handler


class Terminal(io.StringIO):
    """A text that says it is one."""

    def isatty(self) -> bool:
        return True


def logger_on(
    stream: io.StringIO, log_format: LogFormat, environ: dict[str, str] | None = None
) -> logging.Logger:
    """Return a logger that nobody else knows."""
    logger = logging.Logger("rachel_server.test")
    logger.addHandler(log_handler(stream, log_format, environ or {}))
    return logger


def fail_with_a_hand() -> None:
    hand = ["ace of spades"]
    raise ValueError(f"{len(hand)} card")


# The log


def test_json_is_one_object_a_line() -> None:
    stream = io.StringIO()
    logger = logger_on(stream, "json")
    before = datetime.now(UTC)
    logger.warning("game %s\nis set aside", "x\x1b[2J", extra={"turn": 4, "at": Path("/a")})
    try:
        fail_with_a_hand()
    except ValueError:
        logger.exception("no luck")
    lines = stream.getvalue().splitlines()
    first, second = map(json.loads, lines)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", first["timestamp"])
    assert before <= datetime.fromisoformat(first["timestamp"]) <= datetime.now(UTC)
    del first["timestamp"]
    assert first == {
        "level": "warning",
        "logger": "rachel_server.test",
        "event": "game x\x1b[2J\nis set aside",
        "turn": 4,
        "at": "/a",
    }
    assert (second["level"], second["event"]) == ("error", "no luck")
    assert second["exception"].startswith("Traceback (most recent call last):\n")
    assert second["exception"].endswith("ValueError: 1 card")
    assert "ace of spades" not in second["exception"]


def test_text_is_readable_and_harmless() -> None:
    stream = io.StringIO()
    logger = logger_on(stream, "text")
    logger.info("room %s", "A\x1b[2J\u202eB\nC", extra={"player": "\x9b1m"})
    try:
        raise ValueError("\x1b]0;title\x07")
    except ValueError:
        logger.exception("no luck")
    first, second, *traceback = stream.getvalue().splitlines()
    assert re.fullmatch(
        r"\S+Z \[info +\] room A\?\[2J\?B C +\[rachel_server\.test\] player=\?1m", first
    )
    assert "no luck" in second
    assert traceback[0] == "Traceback (most recent call last):"
    assert traceback[-1] == "ValueError: ?]0;title?"


def test_colours_are_for_terminals_that_want_them() -> None:
    for stream, environ, coloured in [
        (Terminal(), {}, True),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {}, False),
    ]:
        logger_on(stream, "text", environ).info("hello")
        assert ("\x1b[" in stream.getvalue()) is coloured


def test_lines_name_the_connection_or_request_they_belong_to() -> None:
    stream = io.StringIO()
    logger = logger_on(stream, "json")
    token = connection_id.set("c0ffee00")
    logger.info("from a connection")
    connection_id.reset(token)
    token = request_id.set("r1")
    logger.info("from a request")
    request_id.reset(token)
    logger.info("from neither")
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [(line.get("connection_id"), line.get("request_id")) for line in lines] == [
        ("c0ffee00", None),
        (None, "r1"),
        (None, None),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "token", "reconnect_token", "token_hash", "tokens", "PASSWORD", "secret_key_base",
        "Authorization", "cookie", "Set-Cookie", "sentry_dsn", "mailgun_api_key", "seed", "nonce",
        "hand", "hands", "deck",
    ],
)  # fmt: skip
def test_what_has_a_secret_name_is_not_logged(name: str) -> None:
    assert redact({"a": [{name: "hunter2"}]}) == {"a": [{name: "***"}]}
    for text in (
        f"{name}=hunter2",
        f"Game({name}='hunter2 or so', turn=4)",
        f"{{'{name}': b'hunter2'}}",
        f"{name}: ('hunter2', 'hunter2')",
        f"{name} = [1, 'hunter2']",
        f"{name}: Bearer hunter2, turn=4",
    ):
        shown = redact(text)
        assert isinstance(shown, str)
        assert name in shown
        assert "hunter2" not in shown
        assert ("turn=4" in shown) is ("turn=4" in text)


def test_other_secrets_are_not_logged_either() -> None:
    url = "cannot reach ecto://rachel:hunter2@db.example.org/rachel today"
    assert redact(url) == "cannot reach ecto://***@db.example.org/rachel today"
    assert redact("https://hunter2@sentry.example.org/1") == "https://***@sentry.example.org/1"
    assert redact(Secret("hunter2")) == "Secret('***')"
    assert redact(b"hunter2") == "<7 bytes>"


def test_everything_else_is_logged_as_it_is() -> None:
    for value in (None, True, 3, 0.5, "turn 4 of game ABC", "https://example.org/a@b", ["a", {}]):
        assert redact(value) == value
    text = "handed over at https://example.org:4000/, secretly, by 12 tokens"
    assert redact(text) == text


LOGS: Final = """
import logging, warnings, structlog
from rachel_server.ops.telemetry import start_logging
start_logging("json")
structlog.get_logger("rachel_server.http").info("seat %d", 2, token="hunter2", room="A")
structlog.get_logger("rachel_server.http").debug("nobody asked")
logging.getLogger("rachel_server.app").warning("hello %s", "there")
logging.getLogger("alembic.runtime").info("nobody asked")
structlog.contextvars.bind_contextvars(request_id="r1")
try:
    1 / 0
except ZeroDivisionError:
    structlog.get_logger("rachel_server.http").exception("no luck")
warnings.warn("old")
"""


def test_both_ways_to_log_and_warnings_end_in_one_stream() -> None:
    ran = subprocess.run(
        [sys.executable, "-W", "always", "-c", LOGS], capture_output=True, text=True, check=True
    )
    assert ran.stdout == ""
    lines = [json.loads(line) for line in ran.stderr.splitlines()]
    assert [(line["logger"], line["level"]) for line in lines] == [
        ("rachel_server.http", "info"),
        ("rachel_server.app", "warning"),
        ("rachel_server.http", "error"),
        ("py.warnings", "warning"),
    ]
    assert [line["event"] for line in lines][:3] == ["seat 2", "hello there", "no luck"]
    assert lines[0].keys() == {"timestamp", "level", "logger", "event", "token", "room"}
    assert (lines[0]["token"], lines[0]["room"]) == ("***", "A")
    assert lines[2]["request_id"] == "r1"
    assert lines[2]["exception"].endswith("ZeroDivisionError: division by zero")


# A server with a fault in it

TOKEN: Final = bytes.fromhex("0123456789abcdef")

FAULTS: Final = """
import asyncio, sys
from rachel_server.core.house import House
from rachel_server.core.table import Table
from rachel.cli import main

def fail(*arguments):
    name, token, hand = "Annabel", bytes.fromhex("0123456789abcdef"), [57, 58]
    raise KeyError(f"{name} {token.hex()} {hand}", name, token, hand)

async def fail_later():
    fail()

def fail_in_a_task(*arguments):
    Table.task = asyncio.get_running_loop().create_task(fail_later())
    return receive(*arguments)

async def lose():
    raise ConnectionResetError("the peer has hung up")

def hang_up_then_fail_in_a_task(*arguments):
    Table.lost_task = asyncio.get_running_loop().create_task(lose())
    return fail_in_a_task(*arguments)

receive = Table.receive
"""
"""Plants a fault: each of them knows all that must not get out."""


@asynccontextmanager
async def faulty_server(
    fault: str, data_dir: Path, env: dict[str, str], *options: str
) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    """Run `rachel serve` with a fault and yield the process and its port."""
    ours = {name for variable in VARIABLES for name in (variable.name, variable.alias)}
    inherited = {name: value for name, value in os.environ.items() if name not in ours}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", f"{FAULTS}\n{fault}\nmain()"),
        *("serve", "--host", "127.0.0.1", "--no-mdns", "--rubp-port", "0", "--port", "0"),
        *("--data", str(data_dir), *options),
        env={**inherited, "LOG_FORMAT": "json", **env},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(DEADLINE_S):
            said = json.loads(await process.stdout.readline())
        yield process, said["ports"]["rubp"][0]
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def logged(process: asyncio.subprocess.Process) -> dict[str, Any]:
    """Return the next line of the log."""
    assert process.stderr is not None
    async with asyncio.timeout(DEADLINE_S):
        line: dict[str, Any] = json.loads(await process.stderr.readline())
    return line


async def test_a_fault_costs_a_connection_and_is_logged_with_its_id(tmp_path: Path) -> None:
    async with faulty_server("House._take_to_table = fail", tmp_path, {}) as (process, port):
        ids = []
        for _ in range(2):
            player = TcpPlayer("Annabel", token=TOKEN)
            await player.connect(port)
            await player.until_seated()
            player.send(player.session.sync())
            await player.until_lost()
            line = await logged(process)
            assert (line["level"], line["logger"]) == ("error", "asyncio")
            assert "in _read\n" in line["exception"]
            assert "KeyError" in line["exception"]
            ids.append(line["connection_id"])
        assert len(set(ids)) == 2
        process.terminate()
        async with asyncio.timeout(DEADLINE_S):
            _, rest = await process.communicate()
    assert (process.returncode, rest) == (0, b"")


async def test_a_table_that_acts_by_itself_acts_for_no_connection(tmp_path: Path) -> None:
    options = ("--start-delay", "0")
    async with faulty_server("Table.tick = fail", tmp_path, {}, *options) as (process, port):
        player = TcpPlayer("Annabel")
        await player.connect(port)
        await player.until_seated()
        line = await logged(process)
        assert (line["level"], line["logger"]) == ("error", "rachel_server.runtime")
        assert "an error of ours: the table in room " in line["event"]
        assert "in at\n" in line["exception"]
        assert "connection_id" not in line


@pytest.mark.parametrize(
    ("fault", "where", "mechanism"),
    [
        ("House._take_to_table = fail", "_read", "logging"),
        ("Table.receive = fail", "at", "logging"),
        ("Table.receive = fail_in_a_task", "fail_later", "asyncio"),
    ],
    ids=["frames", "table", "task"],
)
async def test_sentry_hears_what_and_where_but_not_who(
    tmp_path: Path, fault: str, where: str, mechanism: str
) -> None:
    async with sentry_ingest() as ingest:
        env = {
            "SENTRY_DSN": ingest.dsn,
            "SENTRY_ENVIRONMENT": "staging",
            "APP_VERSION": "2026-07-01",
            "RACHEL_HOST": "cards.example.org",
        }
        async with faulty_server(fault, tmp_path, env) as (process, port):
            player = TcpPlayer("Annabel", token=TOKEN)
            await player.connect(port)
            await player.until_seated()
            player.send(player.session.sync())
            event = await ingest.event()
            process.terminate()
            async with asyncio.timeout(DEADLINE_S):
                await process.communicate()
        assert process.returncode == 0
    assert (event["release"], event["environment"]) == ("2026-07-01", "staging")
    assert (event["level"], event["server_name"]) == ("error", "cards.example.org")
    (exception,) = event["exception"]["values"]
    assert exception["type"] == "KeyError"
    assert exception["mechanism"]["type"] == mechanism
    functions = [frame["function"] for frame in exception["stacktrace"]["frames"]]
    assert functions[-1] == "fail"
    assert where in functions
    assert list(event["tags"]) == ["connection_id"]
    assert not event.keys() & {"user", "request", "extra", "breadcrumbs", "modules"}
    everything = b"".join(ingest.bodies).decode()
    for hidden in ("Annabel", TOKEN.hex(), repr(TOKEN)[2:-1], "57, 58", str(tmp_path), sys.prefix):
        assert hidden not in everything


async def test_sentry_does_not_hear_of_peers_that_hang_up(tmp_path: Path) -> None:
    fault = "Table.receive = hang_up_then_fail_in_a_task"
    async with (
        sentry_ingest() as ingest,
        faulty_server(fault, tmp_path, {"SENTRY_DSN": ingest.dsn}) as (_, port),
    ):
        player = TcpPlayer("Annabel")
        await player.connect(port)
        await player.until_seated()
        player.send(player.session.sync())
        event = await ingest.event()
    assert [it["type"] for it in event["exception"]["values"]] == ["KeyError"]


async def test_sentry_hears_of_a_start_that_fails(tmp_path: Path) -> None:
    (tmp_path / "rachel.db").write_bytes(os.urandom(4096))
    async with sentry_ingest() as ingest:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "from rachel.cli import main; main()", "serve", "--no-mdns"),
            *("--data", str(tmp_path), "--host", "127.0.0.1", "--rubp-port", "0", "--port", "0"),
            env={**os.environ, "SENTRY_DSN": ingest.dsn},
            stderr=asyncio.subprocess.PIPE,
        )
        event = await ingest.event()
        async with asyncio.timeout(DEADLINE_S):
            _, log = await process.communicate()
    assert process.returncode == 1
    assert log.count(b"\n") == 1
    assert event["exception"]["values"][-1]["type"] == "DatabaseDamaged"
    assert str(tmp_path) not in b"".join(ingest.bodies).decode()


async def test_sentry_that_cannot_be_used_ends_no_server(tmp_path: Path) -> None:
    env = {"SENTRY_DSN": "http://key@127.0.0.1:9/1", "http_proxy": "ftp://proxy.example.org"}
    async with faulty_server("", tmp_path, env) as (process, _):
        line = await logged(process)
        assert line["event"].startswith("errors are not reported to Sentry: ")
        process.terminate()
        async with asyncio.timeout(DEADLINE_S):
            await process.communicate()
    assert process.returncode == 0


async def test_a_report_leads_to_the_line_in_the_log(tmp_path: Path) -> None:
    async with sentry_ingest() as ingest:
        env = {"SENTRY_DSN": ingest.dsn}
        async with faulty_server("House._take_to_table = fail", tmp_path, env) as (process, port):
            player = TcpPlayer("Annabel")
            await player.connect(port)
            await player.until_seated()
            player.send(player.session.sync())
            event = await ingest.event()
            line = await logged(process)
    assert event["environment"] == "development"  # RACHEL_ENV, unless SENTRY_ENVIRONMENT is set
    assert event["tags"] == {"connection_id": line["connection_id"]}
    assert event["logentry"] == {"message": "an error while handling frames"}


async def test_programs_can_read_all_that_a_server_says(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from rachel.cli import main; main()", "serve", "--no-mdns"),
        *("--data", str(tmp_path), "--host", "127.0.0.1", "--rubp-port", "0", "--port", "0"),
        env={**os.environ, "LOG_FORMAT": "json"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(DEADLINE_S):
        first = json.loads(await process.stdout.readline())
        url = f"http://127.0.0.1:{first['ports']['http'][0]}"
        async with aiohttp.ClientSession() as session:
            async with session.get(f"{url}/api/v1/tables") as asked_all_the_time:
                assert asked_all_the_time.status == 200
            async with session.get(f"{url}/reset/secret-token") as answer:
                status = answer.status
        process.terminate()
        output, log = await process.communicate()
    assert first["event"].startswith("Hosting Rachel on port ")
    assert first["database"] == str(tmp_path / "rachel.db")
    assert json.loads(output)["event"] == "Stopping."
    assert first.keys() >= {"timestamp", "level", "logger"}
    (line,) = map(json.loads, log.splitlines())
    assert line.pop("duration_ms") >= 0
    assert {name: line[name] for name in ("method", "path", "status", "client")} == {
        "method": "GET",
        "path": "unmatched",
        "status": status,
        "client": "127.0.0.1",
    }
    assert b"secret-token" not in log


# Without the extra

SOLO: Final = """
import sys
for name in ("aiohttp", "dotenv", "prometheus_client", "psycopg", "pydantic", "sentry_sdk",
             "structlog", "uvloop", "zeroconf"):
    sys.modules[name] = None
from pathlib import Path
from rachel_server.embedded import EmbeddedServer
with EmbeddedServer(Path(sys.argv[1]), seats=2, bot_level="beginner", bot_delay_s=0) as server:
    print(server.data_dir.is_dir())
"""


def test_solo_games_need_nothing_that_hosting_needs(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", SOLO, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert (ran.stdout, ran.stderr) == ("True\n", "")
