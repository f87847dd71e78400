"""Public numbers about the server."""

from dataclasses import asdict
from typing import Annotated, Final

from pydantic import Field

from rachel_server.http.api.endpoint import Call, Model, endpoint


class Statistics(Model):
    """Numbers about the server, a few seconds old at most."""

    games_finished: int
    games_abandoned: Annotated[int, Field(description="In the last month.")]
    players_registered: int
    tables_waiting: int
    tables_playing: int
    people_seated: Annotated[int, Field(description="People connected to these tables.")]
    bots_seated: int
    turns_played: Annotated[int, Field(description="Since the server started.")]


@endpoint("GET", "/statistics")
async def show_statistics(call: Call) -> Statistics:
    """Show how much is and was played here."""
    return Statistics(**asdict(await call.context.statistics.numbers()))


ENDPOINTS: Final = [show_statistics]
