"""Documents with something else in some place are refused by name, or verify; nothing else."""

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from game_strategies import unhurried
from hypothesis import given
from hypothesis import strategies as st

from rachel.formats.action_log import ActionLog
from rachel.formats.record import GameRecord, VerifyError, verify
from rachel.formats.replay import Mismatch, ReplayError, ReplayTrace

VECTORS = Path(__file__).parents[1] / "vectors"

Way = tuple[str | int, ...]

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 10),
    st.sampled_from([2**16, 2**32, 2**64 - 1, 2**64, -(2**70), 10**400]),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(["2", "queen", "clubs", "draw", "play", "cards_drawn", "\x1b[0m", "52534e50"]),
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner)
)


def paths(value: object, above: Way = ()) -> Iterator[Way]:
    """Yield the way to every value inside a document."""
    items = value.items() if isinstance(value, dict) else ()
    numbered = enumerate(value) if isinstance(value, list) else ()
    for key, inner in (*items, *numbered):
        yield (*above, key)
        yield from paths(inner, (*above, key))


def document(file: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((VECTORS / file).read_text(encoding="utf-8"))
    steps = value.get("replay", value)["steps"]
    del steps[3:-1]
    return value


def check_trace(value: object) -> None:
    ReplayTrace.from_json(value).verify()


def check_log(value: object) -> None:
    ActionLog.from_json(value).verify()


def check_record(value: object) -> None:
    verify(GameRecord.from_json(value))


def refusal_text(check: Callable[[object], None], value: object) -> str:
    """Return how a document is refused, nothing when it is not."""
    try:
        check(value)
    except (ReplayError, Mismatch, VerifyError) as refused:
        return str(refused)
    return ""


@pytest.mark.parametrize(
    ("file", "check"),
    [
        ("games/seats-3-aces-and-triples.json", check_trace),
        ("games/log-from-turn-65530.json", check_log),
        ("record.json", check_record),
    ],
    ids=["trace", "log", "record"],
)
@unhurried
@given(data=st.data())
def test_anything_in_any_place(
    file: str, check: Callable[[object], None], data: st.DataObject
) -> None:
    whole = document(file)
    *above, last = data.draw(st.sampled_from(list(paths(whole))))
    changed = copy.deepcopy(whole)
    place: Any = changed
    for key in above:
        place = place[key]
    place[last] = data.draw(JSON)
    text = refusal_text(check, changed)
    assert text.isprintable()
    assert len(text) < 400
