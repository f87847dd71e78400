"""``rachel serve``: host tables for others."""

import asyncio
import logging
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rachel.bots import LEVELS

if TYPE_CHECKING:
    from rachel_server.settings import ServerSettings


@click.command()
@click.option("--host", default="", help="Address to listen on.  [default: every one]")
@click.option(
    "--rubp-port",
    "rubp_ports",
    type=click.IntRange(0, 65535),
    multiple=True,
    default=[1982],
    show_default=True,
    help="TCP port for games; 0 picks a free one. Repeat it to listen on several.",
)
@click.option(
    "--data",
    "data_dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for games, `ports.json` and the lock.  [default: in the user's data folder]",
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
def command(
    host: str,
    rubp_ports: tuple[int, ...],
    data_dir: Path | None,
    seats: int,
    start_delay: float,
    bot_delay: float,
    turn_time: float,
    bots: str,
    no_mdns: bool,
) -> None:
    """Host tables for others until interrupted (Ctrl-C or SIGTERM).

    \b
    Examples:
      rachel serve                                 on port 1982, for everybody
      rachel serve --rubp-port 1982 --rubp-port 6502   vintage clients dial 6502
      rachel serve --host 127.0.0.1 --rubp-port 0  to try it out
    """
    from rachel_server.settings import ServerSettings, default_data_dir
    from rachel_server.table_settings import TableSettings

    settings = ServerSettings(
        data_dir=data_dir or default_data_dir(),
        host=host,
        rubp_ports=rubp_ports,
        table=TableSettings(
            seats=seats,
            start_delay_s=start_delay,
            bot_delay_s=bot_delay,
            turn_time_s=turn_time or None,
            bot_level=bots,
        ),
        mdns=not no_mdns,
    )
    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s"
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve(settings))


async def _serve(settings: "ServerSettings") -> None:
    from sqlalchemy.exc import SQLAlchemyError

    from rachel_server.app import Server
    from rachel_server.data_dir import DataDirInUse
    from rachel_server.store.migrate import UnknownSchema
    from rachel_server.store.writer import reason

    loop, leave = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, leave.set)
    try:
        async with Server(settings) as server:
            ports = " and ".join(map(str, server.rubp_ports))
            click.echo(f"Hosting Rachel on port {ports}; games are kept in {settings.data_dir}")
            await leave.wait()
            click.echo("Stopping: every game is saved.")
    except (DataDirInUse, UnknownSchema, OSError) as error:
        raise click.ClickException(str(error)) from None
    except SQLAlchemyError as error:
        raise click.ClickException(f"the database cannot be used: {reason(error)}") from None


def _loop_factory() -> "type[asyncio.AbstractEventLoop] | None":
    """Return uvloop's event loop where it is installed, else the standard one."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.Loop
