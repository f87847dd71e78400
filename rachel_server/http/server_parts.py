"""What HTTP is given of the server behind it, before anything of HTTP itself is loaded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rachel_server.edge.limits import AddressLimits
from rachel_server.runtime import Runtime
from rachel_server.store.journal import Journal

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

    from rachel_server.accounts.mail_texts import Mail


@dataclass(frozen=True, slots=True)
class ServerParts:
    """What HTTP needs of the server behind it; ``limits`` are those of the players' connections.

    ``mail_kept`` is called with each mail that is not sent, perhaps in another thread.
    """

    engine: "Callable[[], AsyncEngine]"
    journal: Journal
    runtime: Runtime
    limits: AddressLimits
    rubp_ports: Sequence[int]
    rubp_tls_port: int | None
    mail_kept: "Callable[[Mail], None]"
