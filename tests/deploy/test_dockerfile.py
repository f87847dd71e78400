"""The Dockerfile: what a linter says, what it copies, and its health check on a real server."""

import asyncio
import json
import re
import sys
from pathlib import Path

from deploy_files import DOCKERFILE, ROOT, instruction, instructions
from deploy_tools import run
from http_server import http_server

from rachel_server.ops.settings import DEFAULT_HTTP_PORT, DEFAULT_RUBP_PORT


def test_linter_has_nothing_to_say() -> None:
    assert run("hadolint", DOCKERFILE) == ""


def test_what_it_copies_is_there_and_reaches_the_builder() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    copied = [rest.split()[:-1] for word, rest in instructions() if word == "COPY"]
    sources = [it for paths in copied for it in paths if not paths[0].startswith("--from")]
    assert {"rachel", "rachel_server", "migrations", "web"} <= set(sources)
    assert [it for it in sources if not (ROOT / it).exists() or it in ignored] == []
    assert ".env" in ignored


def test_everything_the_package_is_made_of_is_copied() -> None:
    build = (ROOT / "pyproject.toml").read_text().partition("[tool.hatch.build")[2]
    packed = re.search(r"packages = \[(.*)\]", build)
    assert packed is not None
    folders = re.findall(r'"(\w+)"', packed[1]) + re.findall(
        r"^(\w+) = \"rachel_server/", build, re.M
    )
    copied = {it for word, rest in instructions() if word == "COPY" for it in rest.split()[:-1]}
    assert set(folders) >= {"rachel", "migrations", "web"}
    assert set(folders) <= copied


def test_it_runs_as_somebody_kubernetes_can_tell_from_root() -> None:
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", instruction("USER"))


def test_ports_are_those_the_server_listens_on() -> None:
    assert instruction("EXPOSE").split() == [str(DEFAULT_RUBP_PORT), str(DEFAULT_HTTP_PORT)]


async def health_check(data_dir: Path) -> int:
    """Run the image's health check beside a server and return its exit code."""
    python, *arguments = json.loads(instruction("HEALTHCHECK").partition(" CMD ")[2])
    assert python == "python"
    checking = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        # A proxy in the environment must not come between the two.
        env={"RACHEL_DATA": str(data_dir), "http_proxy": "http://127.0.0.1:9"},
        stderr=asyncio.subprocess.DEVNULL,
    )
    return await checking.wait()


async def test_health_check_finds_the_server_on_any_port(tmp_path: Path) -> None:
    assert await health_check(tmp_path) != 0
    async with http_server(tmp_path, environment="production") as served:
        assert served.port != DEFAULT_HTTP_PORT
        assert await health_check(tmp_path) == 0
        (tmp_path / "rachel.db").rename(tmp_path / "gone")
        async with asyncio.timeout(30):
            while await health_check(tmp_path) == 0:  # the answer counts for a second
                pass
    assert await health_check(tmp_path) != 0
