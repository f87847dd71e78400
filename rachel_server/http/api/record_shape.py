"""The JSON of a game's record, as `record` and `replay` in `rachel.formats` have it."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from rachel.formats.json_shapes import U64_MAX
from rachel_server.http.api.endpoint import Model
from rachel_server.http.api.fields import IsoTime

Rank = Literal[
    "2", "3", "4", "5", "6", "7", "8", "9", "10", "jack", "queen", "king", "ace",
]  # fmt: skip
Suit = Literal["hearts", "diamonds", "clubs", "spades"]
SeatNumber = Annotated[int, Field(ge=0, le=7)]
U64 = Annotated[
    int,
    Field(
        ge=0,
        le=U64_MAX,
        description="An unsigned 64-bit integer: read it as one, not as a floating point number.",
    ),
]


class CamelModel(Model):
    """An object whose fields are in camel case."""

    model_config = ConfigDict(alias_generator=to_camel)


class Card(CamelModel):
    """A card."""

    rank: Rank
    suit: Suit


class PlayStep(CamelModel):
    """Cards were played, all of one rank; ``nominatedSuit`` is there if an ace was."""

    type: Literal["play"]
    cards: Annotated[tuple[Card, ...], Field(min_length=1)]
    nominated_suit: Suit | None = None


class DrawStep(CamelModel):
    """Cards were drawn."""

    type: Literal["draw"]


class Step(CamelModel):
    """A turn, and the hash of the game's state after it."""

    action: Annotated[PlayStep | DrawStep, Field(discriminator="type")]
    expected_state_hash: U64


class Replay(CamelModel):
    """The game from its deal on."""

    spec_version: Literal[1]
    player_names: Annotated[tuple[str, ...], Field(min_length=2, max_length=8)]
    ai_player_indices: tuple[SeatNumber, ...]
    seed: U64
    initial_state_hash: U64
    steps: tuple[Step, ...]


class RecordSeat(CamelModel):
    """Who had a seat; ``bot`` is the level of a bot, null for a person."""

    name: str
    bot: str | None


class Record(CamelModel):
    """The record of a finished game, with the proof of its deal: `rachel verify` checks it."""

    id: str
    room: str
    commitment: Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="Of seed and nonce.")]
    seed: U64
    nonce: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
    seats: Annotated[tuple[RecordSeat, ...], Field(min_length=2, max_length=8)]
    places: Annotated[tuple[SeatNumber, ...], Field(description="Seats, the winner's first.")]
    started_at: IsoTime
    finished_at: IsoTime
    replay: Replay
