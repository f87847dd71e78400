"""Strangers over SSH: whatever they send, they get no more than a seat, and cost others nothing."""

import asyncio
import os
import re
from contextlib import suppress
from pathlib import Path

import asyncssh
import pytest
from ssh_hosting import client, hosting, listening
from ssh_player import SshPlayer, make_key
from tcp_player import DEADLINE_S

from rachel_server.edge import ssh, ssh_visit
from rachel_server.edge.ssh_keys import HostKeyUnusable, host_keys
from rachel_server.edge.ssh_visit import Visit
from rachel_server.store.data_dir import ssh_host_key_files

SHOWN = b"Shown."


async def show_briefly(visit: Visit) -> int:
    """Show a word."""
    visit.write(SHOWN)
    return 7


async def test_a_key_that_is_not_proved_is_nobodys(tmp_path: Path) -> None:
    """Anybody can ask whether a public key would do; the seat is its owner's."""
    key = make_key(tmp_path / "key")
    async with hosting(tmp_path / "host") as (_, port):
        owner = SshPlayer(tmp_path / "zoe", port, key=key)
        assert "Your seat is kept." in owner.lines("hand\nquit\n").stdout
        forged = asyncssh.load_keypairs([asyncssh.generate_private_key("ssh-ed25519")])[0]
        forged.public_data = asyncssh.read_public_key(f"{key}.pub").public_data
        async with client(port, client_keys=[forged]) as connection:
            answer = await connection.run(input="hand\nquit\n")
        assert "Your hand: " in str(answer.stdout)
        assert "This is the game you left." not in str(answer.stdout)
        assert "This is the game you left." in owner.lines("hand\nquit\n").stdout


async def test_there_is_nothing_but_visits(tmp_path: Path) -> None:
    async def show_environment(visit: Visit) -> int:
        visit.write(repr(visit.environment).encode())
        return 7

    async with listening(tmp_path, show_environment) as port:
        with pytest.raises(asyncssh.PermissionDenied):
            async with client(port, password="secret", preferred_auth="password"):
                pass
        async with client(port) as connection:
            with pytest.raises(asyncssh.ChannelOpenError):
                await connection.open_connection("127.0.0.1", port)
            with pytest.raises(asyncssh.ChannelListenError):
                await connection.forward_remote_port("127.0.0.1", 0, "127.0.0.1", port)
            with pytest.raises(asyncssh.ChannelOpenError):
                await connection.start_sftp_client()
            sent = {"LANG": "C", "LC_ALL": "x" * 999, "SECRET": "1"}
            answer = await connection.run(env=sent, encoding=None)
            assert (answer.stdout, answer.exit_status) == (b"{'LANG': 'C'}", 7)


async def test_a_connection_without_a_visit_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ssh, "LOGIN_LIMIT_S", 0.2)
    async with listening(tmp_path, show_briefly) as port:
        async with client(port) as connection:
            await connection.wait_closed()
        async with client(port) as connection:
            assert (await connection.run(encoding=None)).stdout == SHOWN
            await connection.wait_closed()
        for said in (b"", b"GET / HTTP/1.1\r\n\r\n", b"SSH-2.0-x\r\n", os.urandom(300) + b"\n"):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(said)
            with suppress(ConnectionError):
                async with asyncio.timeout(DEADLINE_S):
                    await reader.read()
            writer.close()


@pytest.mark.parametrize("changes_keys", [False, True], ids=["window shut", "keys half changed"])
async def test_a_visitor_who_reads_nothing_is_cut(tmp_path: Path, changes_keys: bool) -> None:
    async def show_much(visit: Visit) -> int:
        assert isinstance(visit._visitor, ssh._Visitor)
        connection = visit._visitor._connection
        assert connection is not None
        connection._kex_complete = not changes_keys
        while not visit.must_leave.is_set():
            visit.write(bytes(4096))
            await asyncio.sleep(0)
        return 0

    async with listening(tmp_path, show_much) as port, client(port) as connection:
        channel, _ = await connection.create_session(
            asyncssh.SSHClientSession, encoding=None, window=1_000_000_000 if changes_keys else 8192
        )
        channel.pause_reading()
        await connection.wait_closed()


async def test_a_visitor_who_says_nothing_has_to_leave(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def show_patiently(visit: Visit) -> int:
        visit.listen(lambda _: None, lambda: None, lambda text: visit.write(text.encode()))
        await visit.must_leave.wait()
        visit.write(visit.farewell.encode())
        return 1

    monkeypatch.setattr(ssh_visit, "IDLE_LIMIT_S", 0.2)
    monkeypatch.setattr(ssh_visit, "IDLE_WARNING_S", 0.1)
    async with listening(tmp_path, show_patiently) as port, client(port) as connection:
        answer = await connection.run()
        warned, _, farewell = str(answer.stdout).partition("Type something")
        assert warned
        assert "Nothing came from you" in farewell


async def test_dropbear_is_told_how_its_guesses_are_judged(tmp_path: Path) -> None:
    async with listening(tmp_path, show_briefly) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"SSH-2.0-dropbear\r\n")
        async with asyncio.timeout(DEADLINE_S):
            await reader.readuntil(b",kexguess2@matt.ucc.asn.au")
        writer.close()


async def test_a_full_host_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssh, "VISITS_MAX", 0)
    async with listening(tmp_path, show_briefly) as port, client(port) as connection:
        with pytest.raises(asyncssh.ChannelOpenError, match="This host is full"):
            await connection.run()


async def test_an_error_of_ours_ends_one_visit_in_a_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def break_off(visit: Visit) -> int:
        raise LookupError("broken")

    async with listening(tmp_path, break_off) as port, client(port) as connection:
        answer = await connection.run()
        assert str(answer.stdout).startswith("Something went wrong here.")
        assert answer.exit_status == 1
    assert "LookupError: broken" in caplog.text


async def test_a_visitor_who_is_gone_leaves_nothing_behind(tmp_path: Path) -> None:
    gone = asyncio.Event()

    async def show(visit: Visit) -> int:
        visit.write(SHOWN)
        await visit.must_leave.wait()
        gone.set()
        return 0

    async with listening(tmp_path, show) as port:
        async with client(port) as connection:
            process = await connection.create_process(encoding=None)
            assert await process.stdout.read(len(SHOWN)) == SHOWN
            connection.abort()
        async with asyncio.timeout(DEADLINE_S):
            await gone.wait()


async def test_floods_of_keys_and_sizes_cost_others_nothing(tmp_path: Path) -> None:
    async with hosting(tmp_path / "host") as (_, port), client(port) as connection:
        process = await connection.create_process(
            term_type="xterm\x1b[31m", term_size=(1, 1), encoding=None
        )
        for number in range(100):
            process.change_terminal_size(*((1, 1) if number % 2 else (9999, 9999)))
        process.stdin.write(b"\x1b[200~" + b"x" * 1_000_000)
        process.change_terminal_size(80, 24)
        with SshPlayer(tmp_path / "zoe", port).screen("quick") as screen:
            screen.until("YOUR TURN")
        connection.abort()


def test_host_keys_are_made_once_and_never_replaced(tmp_path: Path) -> None:
    def fingerprints() -> list[str]:
        return [key.get_fingerprint() for key in host_keys(ssh_host_key_files(tmp_path))]

    first = fingerprints()
    files = [tmp_path / name for name in ("ssh_host_ed25519_key", "ssh_host_rsa_key")]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert fingerprints() == first
    files[0].write_text("damaged")
    with pytest.raises(HostKeyUnusable, match=re.escape(str(files[0]))):
        host_keys(ssh_host_key_files(tmp_path))
    assert files[0].read_text() == "damaged"
    files[0].unlink()
    files[0].symlink_to(tmp_path / "gone")
    with pytest.raises(HostKeyUnusable):
        host_keys(ssh_host_key_files(tmp_path))
