"""The JSON of cards, actions and events, in both directions (docs/FORMATS.md, JSON).

Documents come from strangers: `load` turns text into a value, and `Fields` checks the type and the
range of everything that is read from it. A refusal is one line that is safe to print. Fields that
are not read are ignored.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from decimal import Decimal
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    NotRequired,
    TypeAlias,
    TypedDict,
    TypeVar,
)

from rachel.rules.actions import DRAW, Action, Play
from rachel.rules.cards import RANK_NAMES, SUIT_NAMES, make_card
from rachel.rules.events import EVENT_KINDS, Event
from rachel.rules.game import CLOCKWISE, MAX_SEATS

JsonObject: TypeAlias = dict[str, Any]

_T = TypeVar("_T")

U64_MAX: Final = 0xFFFF_FFFF_FFFF_FFFF

# The objects that a record is made of. What writes one has it as its type; a dictionary beside a
# type holds what JSON Schema says beyond that, for descriptions such as the HTTP API's.
U64 = Annotated[
    int,
    {
        "minimum": 0,
        "maximum": U64_MAX,
        "description": (
            "An unsigned 64-bit integer: read it as one, not as a floating point number."
        ),
    },
]
SeatNumber = Annotated[int, {"minimum": 0, "maximum": MAX_SEATS - 1}]
Rank = Annotated[str, {"enum": list(RANK_NAMES.values())}]
Suit = Annotated[str, {"enum": list(SUIT_NAMES)}]


class CardJson(TypedDict):
    """A card."""

    rank: Rank
    suit: Suit


class PlayStepJson(TypedDict):
    """Cards were played, all of one rank; ``nominatedSuit`` is there if an ace was."""

    type: Literal["play"]
    cards: Annotated[list[CardJson], {"minItems": 1}]
    nominatedSuit: NotRequired[Suit]


class DrawStepJson(TypedDict):
    """Cards were drawn."""

    type: Literal["draw"]


_KINDS: Final = {event: kind for kind, event in EVENT_KINDS.items()}

_RANKS: Final = {name: rank for rank, name in RANK_NAMES.items()}
_SUITS: Final = {name: suit for suit, name in enumerate(SUIT_NAMES)}
_SHOWN_MAX: Final = 24
_EXACT_MAX: Final = 2**53
"""Floating point numbers hold every integer up to here."""

# Event attributes whose JSON name is not the attribute's own.
_EVENT_NAMES: Final = {
    "seat": "playerIndex",
    "attacker": "attackerPlayerIndex",
    "target": "targetPlayerIndex",
    "from_seat": "fromPlayerIndex",
    "to_seat": "toPlayerIndex",
    "turn": "turnNumber",
    "survivor": "survivorPlayerIndex",
    "finish_order": "finishOrder",
}


class ReplayError(ValueError):
    """A document is no replay, log or record of a game; the text names the field that is wrong."""


def load(text: str | bytes) -> object:
    """Return what a JSON text (UTF-8, UTF-16 or UTF-32 when bytes) says.

    Raises:
        ReplayError: it is not JSON, or nested beyond reason.
    """
    try:
        value: object = json.loads(text)
    except UnicodeDecodeError:
        raise ReplayError("not JSON: not even text") from None
    except RecursionError:
        raise ReplayError("not a game: nested too deeply") from None
    except json.JSONDecodeError as error:
        raise ReplayError(f"not JSON: line {error.lineno}, column {error.colno}") from None
    except ValueError:
        raise ReplayError("not a game: a number with thousands of digits") from None
    return value


def looks_rounded(value: object) -> bool:
    """Tell whether a program has put floating point numbers in place of a value's 64-bit ones.

    jq and JavaScript do. A true number looks rounded once in a thousand times, so that a single
    one proves nothing.
    """
    large = [number for number in _numbers(value) if number > _EXACT_MAX]
    if any(isinstance(number, float) for number in large):
        return True
    return len(large) > 1 and all(map(_is_rounded, large))


def _is_rounded(number: int | float) -> bool:
    """Tell whether a number is one of the ways to print a floating point number."""
    near = float(number)
    return number in {int(near), int(Decimal(repr(near))), int(Decimal(f"{near:.17g}"))}


def _numbers(value: object) -> Iterator[int | float]:
    pending = [value]
    while pending:
        each = pending.pop()
        if isinstance(each, dict):
            pending += each.values()
        elif isinstance(each, list):
            pending += each
        elif isinstance(each, int | float) and each <= U64_MAX:
            yield each


class Fields:
    """The fields of one JSON object, each read with the type it must have.

    ``where`` (``"steps[3].action"``) is how refusals name the object. All methods raise
    ReplayError, also for a field that is missing.
    """

    def __init__(self, value: object, where: str = "") -> None:
        if not isinstance(value, dict):
            raise ReplayError(f"{where or 'the document'} must be an object, not {shown(value)}")
        self.values: Mapping[str, object] = value
        self._where = where

    def path(self, name: str) -> str:
        """Return how refusals name a field."""
        return f"{self._where}.{name}" if self._where else name

    def error(self, name: str, wanted: str) -> ReplayError:
        """Return the refusal of a field that is not what is ``wanted``."""
        return ReplayError(f"{self.path(name)} must be {wanted}, not {shown(self.values[name])}")

    def value(self, name: str) -> object:
        """Return a field of any type, which must be there."""
        if name not in self.values:
            raise ReplayError(f"{self.path(name)} is missing")
        return self.values[name]

    def integer(self, name: str, low: int, high: int) -> int:
        """Return an integer from ``low`` to ``high``; true, false and 1.0 are not integers."""
        return _integer(self.value(name), self.path(name), low, high)

    def integers(self, name: str, low: int, high: int) -> list[int]:
        """Return a list of different integers from ``low`` to ``high``."""
        numbers = self.items(name, lambda value, where: _integer(value, where, low, high))
        if len(set(numbers)) != len(numbers):
            raise ReplayError(f"{self.path(name)} holds a number twice")
        return numbers

    def u64(self, name: str) -> int:
        """Return an unsigned 64-bit integer: a seed or a hash."""
        return self.integer(name, 0, U64_MAX)

    def optional_u64(self, name: str) -> int | None:
        """Return an unsigned 64-bit integer, or None for a field that is null or missing."""
        return None if self.values.get(name) is None else self.u64(name)

    def text(self, name: str) -> str:
        """Return a string."""
        return _text(self.value(name), self.path(name))

    def texts(self, name: str) -> list[str]:
        """Return a list of strings."""
        return self.items(name, _text)

    def hexadecimal(self, name: str) -> bytes:
        """Return the bytes that a string of hexadecimal digits spells."""
        text = self.text(name)
        try:
            if any(character.isspace() for character in text):
                raise ValueError
            return bytes.fromhex(text)
        except ValueError:
            raise self.error(name, "hexadecimal digits, two a byte") from None

    def objects(self, name: str) -> list["Fields"]:
        """Return a list of objects."""
        return self.items(name, Fields)

    def items(self, name: str, read: Callable[[object, str], _T]) -> list[_T]:
        """Return a list whose items ``read`` reads, given the item and its path."""
        value = self.value(name)
        if not isinstance(value, list):
            raise self.error(name, "a list")
        return [read(item, f"{self.path(name)}[{index}]") for index, item in enumerate(value)]

    def child(self, name: str) -> "Fields":
        """Return an object."""
        return Fields(self.value(name), self.path(name))

    def known(self, name: str, names: Mapping[str, _T]) -> _T:
        """Return what a string means, which must be one of ``names``."""
        text = self.text(name)
        if text not in names:
            raise self.error(name, f"one of {', '.join(names)}")
        return names[text]

    def version(self, known: int) -> None:
        """Check that ``specVersion`` is the one version that is ``known``."""
        if self.integer("specVersion", 0, U64_MAX) != known:
            raise self.error("specVersion", f"{known}, the only version known here")


def _integer(value: object, where: str, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ReplayError(f"{where} must be an integer from {low} to {high}, not {shown(value)}")
    return value


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise ReplayError(f"{where} must be a string, not {shown(value)}")
    return value


def shown(value: object) -> str:
    """Return a stranger's value in a few printable ASCII characters."""
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, str):
        text = ascii(value[:_SHOWN_MAX])
        return text if len(value) <= _SHOWN_MAX else f"{text}..."
    if isinstance(value, int) and abs(value) > U64_MAX:
        return "a larger number" if value > 0 else "a smaller number"
    return ascii(value)


def card_to_json(card: int) -> CardJson:
    """Return a card as ``{"rank": "queen", "suit": "clubs"}``."""
    return {"rank": RANK_NAMES[card & 63], "suit": SUIT_NAMES[card >> 6]}


def card_from_json(value: object, where: str = "card") -> int:
    """Return the byte of the card that ``value`` describes.

    Raises:
        ReplayError: it is no card.
    """
    card = Fields(value, where)
    return make_card(card.known("rank", _RANKS), card.known("suit", _SUITS))


def action_to_json(action: Action) -> PlayStepJson | DrawStepJson:
    """Return an action as an object."""
    if not isinstance(action, Play):
        return {"type": "draw"}
    play: PlayStepJson = {"type": "play", "cards": [card_to_json(card) for card in action.cards]}
    if action.suit is not None:
        play["nominatedSuit"] = SUIT_NAMES[action.suit]
    return play


def action_from_json(action: Fields) -> Action:
    """Return the action that an object describes, legal or not.

    Raises:
        ReplayError: it describes none.
    """
    if action.known("type", {"draw": False, "play": True}):
        cards = tuple(action.items("cards", card_from_json))
        if action.values.get("nominatedSuit") is None:
            return Play(cards)
        return Play(cards, action.known("nominatedSuit", _SUITS))
    return DRAW


def event_to_json(event: Event) -> JsonObject:
    """Return an event as an object: its ``kind`` and all its attributes, in camelCase."""
    result: JsonObject = {"kind": _KINDS[event.__class__]}
    for field in fields(event):
        value = getattr(event, field.name)
        if field.name == "cards":
            value = [card_to_json(card) for card in value]
        elif field.name == "suit":
            value = SUIT_NAMES[value]
        elif field.name == "direction":
            value = "clockwise" if value == CLOCKWISE else "counter_clockwise"
        elif isinstance(value, tuple):
            value = list(value)
        result[_EVENT_NAMES.get(field.name, field.name)] = value
    return result
