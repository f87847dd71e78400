"""A worker: a process of the server that receives people who come over SSH.

`rachel serve` starts it; nobody else does. It ends with the server, however that ends.
"""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rachel_server.commands.event_loop import loop_factory, rest_the_collector

if TYPE_CHECKING:
    from rachel_server.edge.ssh import Visits
    from rachel_server.edge.ssh_calls import Calls
    from rachel_server.edge.ssh_process import WorkerPlan
    from rachel_server.ops.settings import ServerSettings

_NICENESS: Final = 5
"""Tables come before screens: at a time of need a worker gets a third of the server's time."""
_FRAMES_PER_S: Final = "20"
_SSH_PORT: Final = 22


def worker_plan(settings: "ServerSettings") -> "WorkerPlan":
    """Return how to start the workers of a server; the ports in its settings are in use."""
    from rachel_server.edge.ssh_process import WorkerPlan
    from rachel_server.ops.reached import pages_url

    no_pages = settings.http_port is None and settings.https_port is None
    orders = {
        "host": settings.public_host,
        "pages": "" if no_pages else pages_url(settings),
        "port": settings.ssh_public_port or settings.ssh_port,
        "solo": {
            "seats": settings.table.seats,
            "bots": settings.table.bot_level,
            "bot_delay": settings.table.bot_delay_s,
        },
        "data_dir": str(settings.data_dir),
        "log_format": settings.log_format,
        "sentry_dsn": settings.sentry_dsn and settings.sentry_dsn.reveal(),
        "sentry_environment": settings.sentry_environment or settings.environment,
        "app_version": settings.app_version,
    }
    # -P: a module is never looked for in the working directory.
    return WorkerPlan((sys.executable, "-P", "-m", __name__), orders)


def _invites(orders: Mapping[str, Any]) -> str:
    """Return how friends come to a room, with braces for its code."""
    port = orders["port"]
    by_ssh = f"ssh -t {'' if port == _SSH_PORT else f'-p {port} '}{orders['host']} {{}}"
    return f"{orders['pages']}/t/{{}}  or  {by_ssh}" if orders["pages"] else by_ssh


def main() -> None:
    """Receive visitors until the server says that it is enough, or is gone."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)  # the server hears them, and says farewell first
    with suppress(OSError):  # some containers forbid it
        os.nice(_NICENESS)
    os.environ.setdefault("TEXTUAL_FPS", _FRAMES_PER_S)  # read when Textual is imported
    door, calls = (socket.socket(fileno=int(number)) for number in sys.argv[1:3])
    with asyncio.Runner(loop_factory=loop_factory()) as runner, suppress(asyncio.CancelledError):
        runner.run(_work(door, calls))


async def _work(door: socket.socket, sock: socket.socket) -> None:
    """Receive the visitors whose connections come through ``door``; ``sock`` is for calls."""
    from rachel_server.edge.ssh_calls import Calls

    loop = asyncio.get_running_loop()
    orders: asyncio.Future[Mapping[str, Any]] = loop.create_future()
    leave = asyncio.Event()

    async def heed(what: str, arguments: list[Any]) -> None:
        if what == "begin":
            orders.set_result(arguments[0])
        elif what == "leave":
            leave.set()
        # Anything else, such as a beat, only wants to be answered.

    calls = Calls(sock, heed)
    await calls.open()
    hearing = loop.create_task(calls.run())

    def server_is_gone(_: object) -> None:
        orders.cancel()
        leave.set()

    hearing.add_done_callback(server_is_gone)
    try:
        given = await orders
        visits = await _visits(door, calls, given)
    except Exception as problem:
        calls.tell("failed", f"{type(problem).__name__}: {problem}")
        calls.close()
        return
    door.setblocking(False)
    loop.add_reader(door, _take_visitor, door, visits)
    rest_the_collector()
    calls.tell("ready")
    await leave.wait()
    loop.remove_reader(door)
    await visits.close(given["farewell"])
    calls.close()
    await hearing


async def _visits(door: socket.socket, calls: "Calls", orders: Mapping[str, Any]) -> "Visits":
    """Return what receives visitors, ready for them."""
    from rachel_server.commands.ssh_guest import Host
    from rachel_server.commands.ssh_visits import shown_by
    from rachel_server.edge.ssh import Visits
    from rachel_server.edge.ssh_calls import FarDesk
    from rachel_server.edge.ssh_door import hand_over
    from rachel_server.edge.ssh_keys import imported
    from rachel_server.ops.telemetry import start_logging
    from rachel_tui.keep.settings import Settings
    from rachel_tui.net.line import Line, line_on

    start_logging(orders["log_format"])
    _report_errors(orders)

    async def dial(address: str) -> Line:
        line, far = socket.socketpair()
        try:
            hand_over(door, far, address)
        except OSError:
            line.close()
            raise
        return await line_on(line)

    desk, data_dir = FarDesk(calls), Path(orders["data_dir"])
    settings = Settings(motion=False, **orders["solo"])
    show = shown_by(Host(orders["host"], _invites(orders), data_dir, desk, settings, dial))
    visits = Visits(
        show,
        flooded=lambda address: calls.tell("flooded", address),
        gone=lambda address: calls.tell("gone", address),
    )
    await visits.open(imported(orders["keys"]))
    return visits


def _report_errors(orders: Mapping[str, Any]) -> None:
    if orders["sentry_dsn"] is None:
        return
    from rachel_server.ops.error_reports import start_error_reports
    from rachel_server.ops.secrets import Secret
    from rachel_server.ops.settings import ServerSettings

    settings = ServerSettings(
        data_dir=Path(orders["data_dir"]),
        public_host=orders["host"],
        sentry_environment=orders["sentry_environment"],
        app_version=orders["app_version"],
    )
    start_error_reports(settings, Secret(orders["sentry_dsn"]))


def _take_visitor(door: socket.socket, visits: "Visits") -> None:
    """Receive the next visitor that the server hands over."""
    from rachel_server.edge.ssh_door import take_over

    try:
        taken = take_over(door)
    except OSError:
        return
    if taken is None:
        asyncio.get_running_loop().remove_reader(door)
        return
    visits.begin(*taken)


if __name__ == "__main__":
    main()
