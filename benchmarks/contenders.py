"""The servers that are measured beside each other, and how each gets its load."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Final, NamedTuple, TypeAlias

from installed import compiled_rachel, node_packages
from loading import SitDown
from measured_process import MeasuredProcess, echo_server, other_server, rachel_server
from table_load import sit_down, sit_down_at_echo
from websocket_load import sit_down_at_boardgame, sit_down_at_colyseus

Start: TypeAlias = Callable[[], AbstractContextManager[MeasuredProcess]]
"""Runs a server in a process of its own."""


class Contender(NamedTuple):
    """A server that is measured.

    Attributes:
        prepare: installs what it needs, and returns how to start it; raises LeftOutError if that
            cannot be had.
        sit_down: fills its tables.
    """

    prepare: Callable[[], Start]
    sit_down: SitDown


CONTENDERS: Final = {
    "echo": Contender(lambda: echo_server, sit_down_at_echo),
    "colyseus": Contender(
        lambda: partial(other_server, "colyseus.js", node_packages()), sit_down_at_colyseus
    ),
    "boardgame.io": Contender(
        lambda: partial(other_server, "boardgame.js", node_packages()), sit_down_at_boardgame
    ),
    "rachel-pure": Contender(lambda: rachel_server, sit_down),
    "rachel-compiled": Contender(
        lambda: partial(rachel_server, settings=compiled_rachel()), sit_down
    ),
}
"""By name, in the order in which they are measured and printed."""
