"""``rachel serve``: host tables for others."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from rachel.bots import LEVELS
from rachel_server.commands.event_loop import (
    allow_many_files,
    loop_factory,
    rest_the_collector,
)
from rachel_server.commands.host_database import explained
from rachel_server.commands.host_settings import host_settings, incomplete

if TYPE_CHECKING:
    from sqlalchemy import URL

    from rachel_server.accounts.mail_texts import Mail
    from rachel_server.app import Server
    from rachel_server.ops.settings import ServerSettings

_OTHER_PORTS: Final = {
    "rubp_tls": "in TLS",
    "http": "pages",
    "https": "pages in TLS",
    "ssh": "SSH",
}
"""What `ports.json` calls the ports beside those for games, and what people do."""

_log = logging.getLogger(__name__)


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
    "--ssh-port",
    type=click.IntRange(0, 65535),
    help="TCP port for people who play over SSH; 0 picks a free one."
    "  [default: SSH_PORT, else none]",
)
@click.option(
    "--data",
    "data_dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for games, `ports.json` and the lock."
    "  [default: RACHEL_DATA, else in the user's data folder]",
)
@click.option(
    "--seats",
    type=click.IntRange(2, 8),
    default=4,
    show_default=True,
    help="Seats of a table.",
)
@click.option(
    "--start-delay",
    type=click.FloatRange(0, 3600),
    show_default="10; 180 in rooms by code",
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
@click.option(
    "--bots",
    type=click.Choice(LEVELS),
    default="intermediate",
    show_default=True,
    help="How well bots play.",
)
@click.option("--no-mdns", is_flag=True, help="Do not advertise on the local network.")
@click.option(
    "--check", is_flag=True, help="Only check the settings and say what they come to; 1 if wrong."
)
def command(
    host: str | None,
    rubp_ports: tuple[int, ...],
    http_port: int | None,
    ssh_port: int | None,
    data_dir: Path | None,
    seats: int,
    start_delay: float | None,
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
    from rachel_server.core.table_settings import FRIENDS_DELAY_S, TableSettings

    settings = host_settings(
        data_dir=data_dir,
        host=host,
        rubp_ports=rubp_ports or None,
        http_port=http_port,
        ssh_port=ssh_port,
        table=TableSettings(
            seats=seats,
            start_delay_s=10.0 if start_delay is None else start_delay,
            friends_delay_s=FRIENDS_DELAY_S if start_delay is None else None,
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
    _fill_closed_streams()
    try:
        from rachel_server.ops.telemetry import start_logging

        start_logging(settings.log_format)
        allow_many_files()
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            runner.run(_serve(settings))
    except ModuleNotFoundError as missing:
        raise incomplete(missing) from None


async def _serve(settings: "ServerSettings") -> None:
    from rachel_server.app import Server

    server, leave = Server(settings), asyncio.Event()
    if settings.ssh_port is not None:
        from rachel_server.commands.ssh_worker import worker_plan

        server.ssh_plan = worker_plan
    _on_signal(signal.SIGTERM, leave.set)
    _on_signal(signal.SIGINT, leave.set)
    if sys.platform != "win32":
        _on_signal(signal.SIGHUP, _at_hangup(settings, server, leave))
    if in_terminal := settings.log_format == "text" and sys.stdout.isatty():
        server.mail_kept = partial(_hand_out, settings)
    reported: AbstractContextManager[None] = nullcontext()
    if settings.sentry_dsn is not None:
        from rachel_server.ops.error_reports import reporting, start_error_reports

        start_error_reports(settings, settings.sentry_dsn)
        reported = reporting()
    with explained(_database(settings)), reported:
        async with server:
            ports = " and ".join(map(str, server.rubp_ports))
            for kind, name in _OTHER_PORTS.items():
                if kind in server.ports:
                    ports += f", {name} on {server.ports[kind][0]}"
            database = _kept_in(settings)
            rest_the_collector()
            line = f"Hosting Rachel on port {ports}; games are kept in {database}"
            _say(settings, line, ports=server.ports, database=database)
            if in_terminal:
                from rachel_server.commands.invitation import invitation

                pages = server.ports.get("http", [None])[0]
                for line in invitation(settings, server.rubp_ports[0], pages):
                    _say(settings, line)
            await leave.wait()
            _say(settings, "Stopping.")


def _say(settings: "ServerSettings", event: str, **fields: object) -> None:
    """Print a line, with LOG_FORMAT=json an object like those of the log, with more fields.

    It may be that nobody can read it: terminals are closed, and pipes break, without harm.
    """
    from rachel_server.ops.telemetry import log_handler

    line = event
    if settings.log_format == "json":
        said = {"name": __name__, "levelno": logging.INFO, "levelname": "INFO", "msg": event}
        line = log_handler(sys.stdout, "json", {}).format(logging.makeLogRecord(said | fields))
    try:
        click.echo(line)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # or Python fails to print it at the end


def _hand_out(settings: "ServerSettings", mail: "Mail") -> None:
    """Tell the host about a link that only they can give to the one who asked for it."""
    from rachel_server.commands.invitation import handed_out

    if text := handed_out(mail):
        _say(settings, text)


def _on_signal(number: signal.Signals, act: Callable[[], object]) -> None:
    """Act on a signal from now on, on the running event loop."""
    loop = asyncio.get_running_loop()
    try:
        loop.add_signal_handler(number, act)
    except NotImplementedError:  # Windows
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(act))


def _at_hangup(
    settings: "ServerSettings", server: "Server", leave: asyncio.Event
) -> Callable[[], object]:
    """Return what SIGHUP does.

    It has the certificate read again. Without one it is the end of the terminal that the server
    runs in, and then of the server; a server that runs in none goes on.
    """
    if settings.tls_cert is not None:
        return server.reload_certificate
    if sys.stdin is not None and sys.stdin.isatty():
        return leave.set
    return lambda: _log.info("SIGHUP changes nothing: there is no TLS_CERT to read again")


def _fill_closed_streams() -> None:
    """Put the null device where standard input, output or error is closed.

    Otherwise the next file gets its number: the log would be written into the database.
    """
    while (null := os.open(os.devnull, os.O_RDWR)) <= 2:  # those stay open
        pass
    os.close(null)
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115


def _summary(settings: "ServerSettings") -> Iterator[str]:
    """Yield lines about what a server with these settings would do; they hold no secrets."""
    yield f"The settings are fine for {settings.environment}."
    address = settings.host or "every address"
    listeners = [
        *(("Games", port) for port in settings.rubp_ports),
        ("Games over TLS", settings.rubp_tls_port),
        ("HTTP", settings.http_port),
        ("HTTPS", settings.https_port),
        ("SSH", settings.ssh_port),
    ]
    for name, port in listeners:
        if port is not None:
            yield f"{name}: {f'port {port}' if port else 'a free port'} of {address}"
    yield f"Database: {_kept_in(settings)}"
    if settings.production and not settings.sends_mail:
        yield (
            f"Warning: no mail is sent: nobody can register unless you hand out the links in"
            f" {settings.data_dir / 'outbox'}; set MAILGUN_API_KEY and MAILGUN_DOMAIN"
        )


def _kept_in(settings: "ServerSettings") -> str:
    """Return the place of the database as it may be shown."""
    where = _database(settings)
    if isinstance(where, Path):
        return str(where)
    from rachel_server.store.database_url import shown_url

    return shown_url(where)


def _database(settings: "ServerSettings") -> "URL | Path":
    if settings.database_url is None:
        from rachel_server.store.sqlite_file import DATABASE_FILE

        return settings.data_dir.absolute() / DATABASE_FILE
    from rachel_server.store.database_url import database_url

    return database_url(settings.database_url.reveal())
