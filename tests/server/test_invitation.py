"""What a host in a terminal is told."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from rachel_server.commands.invitation import invitation
from rachel_server.ops.reached import pages_url
from rachel_server.ops.settings import ServerSettings

_STOP = "Ctrl-C stops it; games that run are kept, and go on when it is started again."


def told(*, host: str = "", public_host: str = "localhost", rubp: int, http: int | None) -> str:
    settings = ServerSettings(data_dir=Path("data"), host=host, public_host=public_host)
    first, last = invitation(settings, rubp, http)
    assert last == _STOP
    return first


def test_friends_get_a_link_that_has_everything() -> None:
    line = told(public_host="cards.example.org", rubp=1982, http=4000)
    assert line == (
        "Friends join with: rachel play http://cards.example.org:4000"
        "   or in a browser: http://cards.example.org:4000/"
    )


@pytest.mark.parametrize(("rubp", "address"), [(1982, "192.0.2.7"), (6502, "192.0.2.7:6502")])
def test_without_pages_they_get_an_address(rubp: int, address: str) -> None:
    line = told(host="192.0.2.7", rubp=rubp, http=None)
    assert line == f"Friends join with: rachel play {address}"


def test_a_server_that_others_do_not_reach_invites_none() -> None:
    line = told(host="127.0.0.1", rubp=1982, http=4001)
    assert line == (
        "Only this machine reaches it, at http://127.0.0.1:4001: it listens on 127.0.0.1 alone."
    )


def test_one_without_a_public_name_is_called_by_an_address_or_the_machine_s_name() -> None:
    line = told(rubp=1982, http=None)
    assert "localhost" not in line
    assert line.removeprefix("Friends join with: rachel play ")


@pytest.mark.parametrize(
    ("host", "public_host", "url"),
    [
        ("", "cards.example.org", "http://cards.example.org:4000"),
        ("0.0.0.0", "cards.example.org", "http://cards.example.org:4000"),
        ("192.0.2.7", "localhost", "http://192.0.2.7:4000"),
        ("127.0.0.1", "localhost", "http://localhost:4000"),
    ],
)
def test_links_lead_to_where_others_reach_the_pages(host: str, public_host: str, url: str) -> None:
    settings = ServerSettings(
        data_dir=Path("data"), host=host, public_host=public_host, http_port=4000
    )
    assert pages_url(settings) == url


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::"])
def test_links_of_a_server_without_a_name_have_an_address_of_the_machine(host: str) -> None:
    url = pages_url(ServerSettings(data_dir=Path("data"), host=host, http_port=4000))
    assert url.startswith("http://")
    assert url.endswith(":4000")
    assert "localhost" not in url


def register(pages: str, username: str, email: str) -> None:
    """Ask for an account, as a program does."""
    account = {"username": username, "email": email, "password": "correct horse battery"}
    headers = {"Content-Type": "application/json"}
    body = json.dumps(account).encode()
    urlopen(Request(f"{pages}/api/v1/accounts", body, headers)).close()


def test_a_terminal_shows_it(tmp_path: Path) -> None:
    near, far = pty.openpty()
    command = (sys.executable, "-c", "from rachel.cli import main; main()", "serve")
    options = ("--data", str(tmp_path), "--host", "127.0.0.1", "--port", "0", "--no-mdns")
    process = subprocess.Popen([*command, *options, "--rubp-port", "0"], stdout=far, stderr=far)
    os.close(far)
    shown = b""
    while b"started again." not in shown:
        shown += os.read(near, 4096)
    assert b"Only this machine reaches it, at " in shown
    pages = re.search(rb"http://127\.0\.0\.1:\d+", shown)
    assert pages is not None
    register(pages[0].decode(), "Ann", "ann@example.org")
    while not re.search(rb"/account/confirm\?token=\S+\s", shown):
        shown += os.read(near, 4096)
    assert b"Give Ann this link, as no mail was sent (Confirm your e-mail address):" in shown
    assert b"POST" not in shown
    process.send_signal(signal.SIGINT)
    assert process.wait() == 0
    os.close(near)
