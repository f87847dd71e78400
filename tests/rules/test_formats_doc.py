"""docs/FORMATS.md names the fields that are written and the kinds of events there are."""

import json
import re
from pathlib import Path

import pytest

from rachel.formats.action_log import ActionLog
from rachel.rules.events import EVENT_KINDS
from rachel.rules.game import Game

ROOT = Path(__file__).parents[2]
DOC = (ROOT / "docs" / "FORMATS.md").read_text(encoding="utf-8")
RECORD = json.loads((ROOT / "tests" / "vectors" / "record.json").read_text(encoding="utf-8"))


def section(title: str) -> str:
    """Return the text between a heading and the next one."""
    return re.split(r"^#+ ", DOC.split(f"# {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


@pytest.mark.parametrize(
    ("title", "value"),
    [
        ("ReplayTrace", RECORD["replay"]),
        ("ActionLog", ActionLog.record(Game.deal(2, 1), []).to_json()),
        ("The record of a finished game", RECORD),
    ],
)
def test_every_field_of_a_document_is_in_its_table(title: str, value: dict[str, object]) -> None:
    rows = re.findall(r"^\| (`[^|]*) \|", section(title), re.MULTILINE)
    assert [name for row in rows for name in re.findall(r"`(\w+)`", row)] == list(value)


def test_every_kind_of_event_is_listed() -> None:
    assert set(re.findall(r"`([a-z]+_[a-z_]+)`", section("JSON"))) == {
        *EVENT_KINDS,
        "counter_clockwise",
    }
