"""The API's description is true: schemathesis tries to prove otherwise, over real sockets."""

import asyncio
import json
import re
import sys
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from accounts_harness import Site, with_accounts
from api_client import API, Api, api_on
from databases import Database, SqliteDatabase
from store_harness import played_game, store_games

from rachel_server.http.api.endpoint import PREFIX
from rachel_server.http.api.problems import Problem
from rachel_server.http.api.routes import ENDPOINTS, ROUTES

CONFIG = Path(__file__).with_name("schemathesis.toml")
GUIDE = Path(__file__).parents[2] / "docs" / "API.md"
USED = re.compile(r'curl -s (?:-X (\w+) )?"?\$API(/[^\s"]*)(.*)')
LOGGING_OUT = ("log_out", "log_out_everywhere")
MAILER = "rachel_server.accounts.mailer"
"""Says where mails are: there are many, and that is no mistake."""
UNLIMITED = (ip_network("127.0.0.0/8"),)


async def schemathesis(api: Api, folder: Path, *options: str, token: str | None = None) -> None:
    """Let schemathesis look for untruths; what it says is shown when it finds any."""
    config = CONFIG.read_text()
    if token is not None:
        config += f'\n[auth.openapi.session]\nbearer = "{token}"\n'
    file = folder / "schemathesis.toml"
    file.write_text(config)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(file), "run"),
        *(f"{api.served.url}{API}/openapi.json", *options),
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()


@pytest.fixture
def checks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder for what schemathesis writes."""
    return tmp_path_factory.mktemp("schemathesis")


async def test_it_is_true_for_strangers(
    tmp_path: Path, checks: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with api_on(SqliteDatabase(tmp_path), unlimited_networks=UNLIMITED) as api:
        await schemathesis(api, checks)
    assert not [record for record in caplog.records if record.name != MAILER]


async def test_it_is_true_for_who_is_logged_in(
    site: Site, checks: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ann, bob = await site.account("Ann"), await site.account("Bob")
    for number in (2, 4):
        await site.play(number, {0: ann, 1: bob})
    await store_games(site.database.url, with_accounts(played_game(3, turns=9), {0: ann.id}))
    caplog.clear()
    excluded = [f"--exclude-operation-id={name}" for name in LOGGING_OUT]
    async with api_on(site.database, unlimited_networks=UNLIMITED) as api:
        token = await api.log_in("Ann")
        await api.good("POST", "/tables/ABCD/seats", token=token)
        await schemathesis(api, checks, *excluded, token=token)
        assert (await api.good("GET", "/account", token=token))["username"] == "Ann"
    assert not [record for record in caplog.records if record.name != MAILER]


async def description(database: Database) -> dict[str, Any]:
    async with api_on(database) as api:
        answer = await api.served.ask(f"{API}/openapi.json")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    shape = json.loads(answer.text)
    assert isinstance(shape, dict)
    return shape


async def test_it_describes_every_route(tmp_path: Path) -> None:
    shape = await description(SqliteDatabase(tmp_path))
    described = {
        (method.upper(), path) for path, methods in shape["paths"].items() for method in methods
    }
    assert described == {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS}
    assert len(described) == len(ENDPOINTS) == len(ROUTES) - 1
    assert shape["servers"] == [{"url": PREFIX}]
    operations = [one for methods in shape["paths"].values() for one in methods.values()]
    assert len({one["operationId"] for one in operations}) == len(operations)
    for one in operations:
        assert one["summary"].endswith("."), one
        assert {"400", "429", "500", "503"} <= set(one["responses"])
        assert ("401" in one["responses"]) >= ("security" in one and {} not in one["security"])


async def test_errors_are_described_by_their_identifiers(tmp_path: Path) -> None:
    shape = await description(SqliteDatabase(tmp_path))
    responses = shape["components"]["responses"]

    def identifiers(response: dict[str, Any]) -> list[str]:
        if "$ref" in response:
            response = responses[response["$ref"].rpartition("/")[2]]
        schema = response["content"]["application/json"]["schema"]
        assert schema["$ref"] == "#/components/schemas/Error"
        enum: list[str] = schema["properties"]["error"]["enum"]
        return enum

    described = shape["paths"]["/accounts"]["post"]["responses"]
    assert set(described) == {
        *("202", "400", "408", "409", "413", "415", "417", "429", "431", "500", "503"),
    }
    assert identifiers(described["409"]) == ["username_taken"]
    assert identifiers(described["400"]) == [
        "bad_request",
        "email_invalid",
        "invalid_request",
        "password_invalid",
        "username_invalid",
    ]
    assert identifiers(described["503"]) == ["busy", "unavailable"]
    known = {
        identifier
        for methods in shape["paths"].values()
        for operation in methods.values()
        for status, response in operation["responses"].items()
        if int(status) >= 400
        for identifier in identifiers(response)
    }
    assert known >= {problem.identifier for problem in Problem}
    assert "Retry-After" in responses["rate_limited"]["headers"]


async def test_numbers_of_64_bits_are_integers(tmp_path: Path) -> None:
    schemas = (await description(SqliteDatabase(tmp_path)))["components"]["schemas"]
    for schema, field in (("Record", "seed"), ("Step", "expectedStateHash")):
        shape = schemas[schema]["properties"][field]
        assert (shape["type"], shape["minimum"], shape["maximum"]) == ("integer", 0, 2**64 - 1)


def test_the_guide_names_addresses_that_exist() -> None:
    named = {
        (method or ("POST" if "--json" in rest else "GET"), path.partition("?")[0])
        for method, path, rest in USED.findall(GUIDE.read_text(encoding="utf-8"))
    }
    assert len(named) > 12
    for method, path in named:
        assert any(
            endpoint.method == method and re.fullmatch(pattern_of(endpoint.path), path)
            for endpoint in ENDPOINTS
        ), f"{method} {path}"


def pattern_of(path: str) -> str:
    """Return what fits a path, whatever stands in its braces."""
    return re.sub(r"\{\w+\}", r"[$\\w]+", path)
