"""``rachel serve``: host tables for others."""

import asyncio
import gc
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rachel.bots import LEVELS
from rachel_server.commands.host_database import explained
from rachel_server.commands.host_settings import host_settings, incomplete

if TYPE_CHECKING:
    from sqlalchemy import URL

    from rachel_server.ops.settings import ServerSettings


@click.command()
@click.option("--host", help="Address to listen on.  [default: LISTEN_ADDRESS, else every one]")
@click.option(
    "--rubp-port",
    "rubp_ports",
    type=click.IntRange(0, 65535),
    multiple=True,
    help="TCP port for games; 0 picks a free one. Repeat it to listen on several."
    "  [default: RUBP_PORT, else 1982]",
)
@click.option(
    "--port",
    "http_port",
    type=click.IntRange(0, 65535),
    help="TCP port for HTTP; 0 picks a free one.  [default: PORT, else 4000]",
)
@click.option(
    "--data",
    "data_dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for games, `ports.json` and the lock."
    "  [default: RACHEL_DATA, else in the user's data folder]",
)
@click.option("--seats", type=click.IntRange(2, 8), default=4, show_default=True)
@click.option(
    "--start-delay",
    type=click.FloatRange(0, 3600),
    default=10.0,
    show_default=True,
    help="Seconds after the last join until bots fill the empty seats.",
)
@click.option(
    "--bot-delay",
    type=click.FloatRange(0, 60),
    default=1.0,
    show_default=True,
    help="Seconds a bot waits before it acts.",
)
@click.option(
    "--turn-time",
    type=click.FloatRange(0, 3600),
    default=60.0,
    show_default=True,
    help="Seconds for a turn, after which the host acts; 0 for no clock.",
)
@click.option("--bots", type=click.Choice(LEVELS), default="intermediate", show_default=True)
@click.option("--no-mdns", is_flag=True, help="Do not advertise on the local network.")
@click.option(
    "--check", is_flag=True, help="Only check the settings and say what they come to; 1 if wrong."
)
def command(
    host: str | None,
    rubp_ports: tuple[int, ...],
    http_port: int | None,
    data_dir: Path | None,
    seats: int,
    start_delay: float,
    bot_delay: float,
    turn_time: float,
    bots: str,
    no_mdns: bool,
    check: bool,
) -> None:
    """Host tables for others until interrupted (Ctrl-C or SIGTERM).

    The rest is set by environment variables or a file `.env` in the working directory, which
    `.env.example` explains: the database, the public name, mail and so on. Options overrule them.

    \b
    Examples:
      rachel serve                                 on port 1982, for everybody
      rachel serve --rubp-port 1982 --rubp-port 6502   vintage clients dial 6502
      rachel serve --host 127.0.0.1 --rubp-port 0  to try it out
      rachel serve --check                         before a release
    """
    from rachel_server.core.table_settings import TableSettings

    settings = host_settings(
        data_dir=data_dir,
        host=host,
        rubp_ports=rubp_ports or None,
        http_port=http_port,
        table=TableSettings(
            seats=seats,
            start_delay_s=start_delay,
            bot_delay_s=bot_delay,
            turn_time_s=turn_time or None,
            bot_level=bots,
        ),
        mdns=not no_mdns,
    )
    if check:
        for line in _summary(settings):
            click.echo(line)
        return
    try:
        from rachel_server.ops.telemetry import start_logging

        start_logging(settings.log_format)
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_serve(settings))
    except ModuleNotFoundError as missing:
        raise incomplete(missing) from None


async def _serve(settings: "ServerSettings") -> None:
    from rachel_server.app import Server

    loop, leave = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, leave.set)
    if settings.sentry_dsn is not None:
        from rachel_server.ops.error_reports import start_error_reports

        start_error_reports(settings, settings.sentry_dsn)
    with explained(_database(settings)):
        async with Server(settings) as server:
            if settings.tls_cert is not None:
                loop.add_signal_handler(signal.SIGHUP, server.reload_certificate)
            ports = " and ".join(map(str, server.rubp_ports))
            _rest_the_collector()
            click.echo(f"Hosting Rachel on port {ports}; games are kept in {_kept_in(settings)}")
            await leave.wait()
            click.echo("Stopping.")


def _summary(settings: "ServerSettings") -> Iterator[str]:
    """Yield lines about what a server with these settings would do; they hold no secrets."""
    yield f"The settings are fine for {settings.environment}."
    address = settings.host or "every address"
    listeners = [
        *(("Games", port) for port in settings.rubp_ports),
        ("Games over TLS", settings.rubp_tls_port),
        ("HTTP", settings.http_port),
        ("HTTPS", settings.https_port),
    ]
    for name, port in listeners:
        if port is not None:
            yield f"{name}: {f'port {port}' if port else 'a free port'} of {address}"
    yield f"Database: {_kept_in(settings)}"


def _kept_in(settings: "ServerSettings") -> str:
    """Return the place of the database as it may be shown."""
    from rachel_server.store.database_url import shown_url

    return shown_url(_database(settings))


def _database(settings: "ServerSettings") -> "URL":
    from rachel_server.store.database_url import database_url, sqlite_url

    url = settings.database_url
    return database_url(url.reveal() if url else sqlite_url(settings.data_dir))


def _rest_the_collector() -> None:
    """Let the garbage collector skip what starting has made, and run less often.

    This saves about a tenth of an action's time. What starting has made lives until the end, and
    almost nothing that an action makes is in a reference cycle.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _loop_factory() -> "type[asyncio.AbstractEventLoop] | None":
    """Return uvloop's event loop where it is installed, else the standard one."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.Loop
