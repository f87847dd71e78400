"""What a host may choose when starting a server."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import platformdirs

from rachel_server.table_settings import TableSettings

DEFAULT_RUBP_PORT: Final = 1982
"""rubp.md, TCP default port."""


def default_data_dir() -> Path:
    """Return the folder a server keeps its games in unless told otherwise."""
    return platformdirs.user_data_path("rachel") / "server"


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """The settings of one server.

    Attributes:
        host: the address to listen on; empty for every one this machine has.
        rubp_ports: TCP ports to listen on; 0 picks a free one.
        data_dir: the folder of the journal, `ports.json` and the lock; made if missing.
        table: how tables are run.
        mdns: whether to advertise the server on the local network.
    """

    data_dir: Path
    host: str = ""
    rubp_ports: tuple[int, ...] = (DEFAULT_RUBP_PORT,)
    table: TableSettings = field(default_factory=TableSettings)
    mdns: bool = True
