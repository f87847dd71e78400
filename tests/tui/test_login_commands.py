"""`rachel login`, `whoami` and `logout` as processes, at a real server."""

import asyncio
import json
import signal
import stat
import subprocess
from pathlib import Path

import pytest
from accounts_harness import PASSWORD
from api_stand_in import TOKEN, answer, api_stand_in, refusal
from certificate import write_certificate
from databases import Database, SqliteDatabase
from member import member_of
from play_process import DEADLINE_S, RACHEL, Terminal, environment, hearing, run_rachel


def keep_logins(folder: Path, **urls: str) -> None:
    """Write logins of `ann` at hosts, as ``rachel login`` would: their urls by their names."""
    entries = {
        host.replace("_", "."): {"url": url, "username": "ann", "token": TOKEN, "expires_at": 2e9}
        for host, url in urls.items()
    }
    (folder / "rachel").mkdir()
    (folder / "rachel" / "logins.json").write_text(json.dumps(entries))


async def test_in_who_and_out(database: Database, tmp_path: Path) -> None:
    async with member_of(database, tmp_path) as ann:
        assert await ann.logs_in() == (0, "Logged in at localhost as ann_1.\n", "")
        file = tmp_path / "rachel" / "logins.json"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert PASSWORD not in file.read_text()
        token = ann.logins["localhost"]["token"]
        assert (await ann.api.good("GET", "/account", token=token))["username"] == "ann_1"

        line = "ann_1 at localhost: rating 1000, 0 rated games\n"
        assert await ann.types("whoami") == (0, line, "")
        status, output, _ = await ann.types("whoami", ann.host, "--json")
        (state,) = json.loads(output)
        assert status == 0
        assert (state["host"], state["username"], state["session"]) == (
            "localhost",
            "ann_1",
            "good",
        )
        assert (state["rating"], state["rated_games"], state["rank"]) == (1000, 0, None)
        assert state["url"] == f"http://{ann.host}"
        assert token not in output

        assert await ann.types("logout") == (0, "Logged out at localhost.\n", "")
        assert ann.logins == {}
        assert ann.sessions() == 0
        await ann.api.refused(401, "login_required", "GET", "/account", token=token)
        status, output, errors = await ann.types("whoami")
        assert (status, output) == (1, "")
        assert errors == "Error: you are not logged in anywhere: rachel login HOST\n"
        assert (await ann.types("whoami", "--json"))[:2] == (1, "[]\n")


async def test_a_wrong_password(database: Database, tmp_path: Path) -> None:
    async with member_of(database, tmp_path) as ann:
        status, output, errors = await ann.logs_in("not the password")
        assert (status, output) == (1, "")
        assert errors == "Error: The name or the password is wrong: try again\n"
        assert ann.logins == {}


async def test_the_password_is_asked_for_and_not_shown(tmp_path: Path) -> None:
    def typing(host: str) -> str:
        with Terminal(tmp_path, host, command="login") as terminal:
            terminal.until("Username or e-mail address: ")
            terminal.type("ANN_1@example.org\r")
            terminal.until("Password: ")
            terminal.type(f"{PASSWORD}\r")
            assert terminal.ends() == 0
            return terminal.output

    async with member_of(SqliteDatabase(tmp_path), tmp_path) as ann:
        output = await asyncio.to_thread(typing, ann.host)
        assert output.rstrip().endswith("Logged in at localhost as ann_1.")
        assert PASSWORD not in output


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGQUIT])
async def test_a_signal_at_the_password_gives_the_echo_back(
    tmp_path: Path, ending: signal.Signals
) -> None:
    def typing(host: str) -> None:
        with Terminal(tmp_path, host, "--username", "ann_1", command="login") as terminal:
            terminal.until("Password: ")
            assert terminal.is_suspended(by=signal.SIGTSTP)
            assert terminal.is_restored
            terminal.process.send_signal(signal.SIGCONT)
            terminal.until_changed()
            assert not terminal.is_suspended(by=ending)
            assert terminal.ends() == -ending
            assert terminal.is_restored

    async with member_of(SqliteDatabase(tmp_path), tmp_path) as ann:
        with hearing(signal.SIGTSTP), hearing(ending):
            await asyncio.to_thread(typing, ann.host)


async def test_a_new_login_ends_the_one_before_and_is_let_in_beside_strangers(
    tmp_path: Path,
) -> None:
    async with member_of(SqliteDatabase(tmp_path), tmp_path) as ann:
        await ann.logs_in()
        first = ann.logins["localhost"]["token"]
        guess = {"name": "ann_1", "password": "not the password"}
        while (await ann.api.call("POST", "/sessions", guess)).status != 429:
            pass
        assert (await ann.logs_in()).status == 0
        assert ann.sessions() == 1
        assert ann.logins["localhost"]["token"] != first


async def test_a_session_that_was_ended_elsewhere(tmp_path: Path) -> None:
    async with member_of(SqliteDatabase(tmp_path), tmp_path) as ann:
        await ann.logs_in()
        token = ann.logins["localhost"]["token"]
        await ann.api.good("DELETE", "/sessions", token=token)
        status, output, _ = await ann.types("whoami")
        told = f"your login at localhost has ended: rachel login http://{ann.host}"
        assert (status, output) == (1, f"ann_1 at localhost: {told}\n")
        assert json.loads((await ann.types("whoami", "--json")).output)[0]["session"] == "ended"
        assert await ann.types("logout") == (0, "Logged out at localhost.\n", "")


async def test_a_login_that_cannot_be_kept_is_ended_again(tmp_path: Path) -> None:
    async with member_of(SqliteDatabase(tmp_path), tmp_path) as ann:
        (tmp_path / "rachel").write_text("in the way")
        status, _, errors = await ann.logs_in()
        assert status == 1
        assert errors.startswith("Error: cannot keep the login in ")
        assert len(errors.splitlines()) == 1
        assert ann.sessions() == 0


async def test_over_https(tmp_path: Path) -> None:
    cert, key = write_certificate(tmp_path)
    async with member_of(
        SqliteDatabase(tmp_path), tmp_path, https_port=0, tls_cert=cert, tls_key=key
    ) as ann:
        ann.host = f"localhost:{ann.api.served.server.ports['https'][0]}"
        status, _, errors = await ann.logs_in()
        assert status == 1
        assert errors.startswith(f"Error: cannot trust https://{ann.host}: self-signed certificate")
        assert ann.sessions() == 0
        vouched = ("--username", "ann_1", "--password-stdin")
        done = await asyncio.to_thread(
            run_rachel,
            *(tmp_path, f"{PASSWORD}\n", "login", ann.host, *vouched),
            SSL_CERT_FILE=str(cert),
        )
        assert done.stdout.decode() == "Logged in at localhost as ann_1.\n"
        assert ann.logins["localhost"]["url"] == f"https://{ann.host}"


async def test_with_the_host_gone_a_logout_forgets_here(tmp_path: Path) -> None:
    keep_logins(tmp_path, localhost="http://localhost:1")
    done = run_rachel(tmp_path, "", "whoami")
    assert done.returncode == 0
    gone = "cannot reach http://localhost:1: "
    assert done.stdout.decode().startswith(f"ann at localhost: {gone}")
    done = run_rachel(tmp_path, "", "logout", "localhost")
    assert done.returncode == 0
    assert done.stdout.decode().startswith(f"Logged out at localhost on this machine only: {gone}")
    assert json.loads((tmp_path / "rachel" / "logins.json").read_text()) == {}


async def test_with_several_logins_one_has_to_be_chosen(tmp_path: Path) -> None:
    async with api_stand_in(answer(204)) as host:
        url = str(host.url)
        port = host.port
        keep_logins(tmp_path, localhost=f"http://localhost:{port}", **{"127_0_0_1": url})

        async def log_out(*arguments: str) -> tuple[int, str, str]:
            done = await asyncio.to_thread(run_rachel, tmp_path, "", "logout", *arguments)
            return done.returncode, done.stdout.decode(), done.stderr.decode()

        status, _, errors = await log_out()
        assert status == 2
        told = "you are logged in at 127.0.0.1, localhost: name one of them, or use --all"
        assert errors.splitlines()[-1] == f"Error: {told}"
        assert host.heard == []
        status, _, errors = await log_out("example.org")
        assert errors == "Error: you are not logged in at example.org: rachel login example.org\n"
        assert status == 1
        assert await log_out("--all") == (
            0,
            "Logged out at 127.0.0.1.\nLogged out at localhost.\n",
            "",
        )
        assert host.asked == ["DELETE /api/v1/sessions/current"] * 2
        assert (await log_out())[2] == "Error: you are not logged in anywhere: rachel login HOST\n"


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["login", "example.org"], 2, "use --username and --password-stdin"),
        (["login", "example.org", "--password-stdin"], 2, "--password-stdin needs --username"),
        (
            ["login", "ftp://x", "--username", "a", "--password-stdin"],
            2,
            "'ftp://x' is not an address; write it like https://example.org",
        ),
        (
            ["login", "http://127.0.0.1:1", "--username", "a", "--password-stdin"],
            1,
            "cannot reach http://127.0.0.1:1: Connection refused",
        ),
        (["logout", "example.org", "--all"], 2, "name a HOST or use --all, not both"),
        (["logout", "a b"], 2, "'a b' is not an address; write it like example.org:443"),
        (["whoami", "example.org"], 1, "not logged in at example.org: rachel login example.org"),
    ],
)
def test_what_cannot_be_done(tmp_path: Path, arguments: list[str], status: int, told: str) -> None:
    done = run_rachel(tmp_path, "secret\n", *arguments)
    assert (done.returncode, done.stdout) == (status, b"")
    assert done.stderr.decode().splitlines()[-1].endswith(told)
    assert b"Traceback" not in done.stderr


async def test_a_hostile_host_gets_no_further_than_one_line(tmp_path: Path) -> None:
    def reply(asked: str) -> bytes:
        if asked.endswith("/server"):
            return answer(200, {"name": "rachel"})
        return refusal(401, "wrong_credentials", "\x1b[2J\x1b]0;owned\x07No.\nTraceback")

    async with api_stand_in(reply) as host:
        arguments = ("--username", "a", "--password-stdin")
        done = await asyncio.to_thread(
            run_rachel, tmp_path, "secret\n", "login", str(host.url), *arguments
        )
    assert done.returncode == 1
    assert done.stderr.decode() == "Error: [2J]0;ownedNo. Traceback\n"


async def test_a_password_that_is_no_text(tmp_path: Path) -> None:
    async with api_stand_in(answer(200, {"name": "rachel"})) as host:
        arguments = ("login", str(host.url), "--username", "a", "--password-stdin")
        done = await asyncio.to_thread(
            subprocess.run,
            [*RACHEL, *arguments],
            input=b"\xff\xfe\n",
            capture_output=True,
            env=environment(tmp_path),
            timeout=DEADLINE_S,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == b"Error: the password on standard input is not UTF-8\n"
