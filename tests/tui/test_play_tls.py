"""Playing inside TLS, as a person and as a bot: with a certificate one can trust, or not at all."""

import asyncio
from pathlib import Path

from certificate import tls_settings, write_certificate
from http_server import http_server
from play_process import run_plainly, run_rachel

from rachel_server.core.table_settings import TableSettings

AT_ONCE = TableSettings(seats=2, start_delay_s=0.0, bot_delay_s=0.0, turn_time_s=None)


async def test_a_game_inside_tls(tmp_path: Path) -> None:
    async with http_server(tmp_path, table=AT_ONCE, **tls_settings(tmp_path)) as served:
        port = served.server.ports["rubp_tls"][0]
        certificate, _ = write_certificate(tmp_path)
        arguments = (f"localhost:{port}", "--tls", "--name", "Ann")
        trusting = {"SSL_CERT_FILE": str(certificate)}
        done = await asyncio.to_thread(
            run_plainly, tmp_path, "hand\nquit\n", *arguments, **trusting
        )
        assert (done.returncode, done.stderr) == (0, b"")
        assert b"Your hand: " in done.stdout
        # Left in the middle, it is found again over the same way.
        again = await asyncio.to_thread(
            run_plainly, tmp_path, "hand\nquit\n", *arguments, **trusting
        )
        assert b"This is the game you left." in again.stdout
        bot_arguments = ("bot", f"localhost:{port}", "--tls", "--delay", "0")
        bot = await asyncio.to_thread(run_rachel, tmp_path, "", *bot_arguments, **trusting)
        assert (bot.returncode, bot.stdout.startswith(b"game 1: place ")) == (0, True)


async def test_no_seat_is_asked_for_where_nobody_can_be_trusted(tmp_path: Path) -> None:
    async with http_server(tmp_path, table=AT_ONCE, **tls_settings(tmp_path)) as served:
        tls, plain = served.server.ports["rubp_tls"][0], served.server.ports["rubp"][0]
        for port, why in ((tls, b"cannot trust"), (plain, b"nobody speaks TLS there")):
            bot = await asyncio.to_thread(
                run_rachel, tmp_path, "", "bot", f"localhost:{port}", "--tls"
            )
            assert bot.returncode == 1
            assert why in bot.stderr
            assert b"Traceback" not in bot.stderr
