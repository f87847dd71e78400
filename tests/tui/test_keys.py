"""Bytes of a terminal become events, whatever they are."""

import random

import pytest
from textual import events

from rachel_tui.background import BackgroundTold
from rachel_tui.keys import ESCAPE_S, PASTE_MAX_S, Keys


@pytest.mark.parametrize(
    ("typed", "pressed"),
    [
        (b"a\xe9q", ["a", "q"]),
        (b"\xff\x9bq", ["q"]),
        (b"\xc2\x9bq", ["q"]),  # a control character of eight bits
        (b"\x1b[99999999uq", ["q"]),
        (b"\x1b[55296uq", ["q"]),  # half a character
        (b"\x1b[48;99999;99999;1;1tq", ["q"]),  # a size that nobody asked for
        ("é".encode(), ["é"]),
        (b"\x1b[A\r", ["up", "enter"]),
    ],
)
def test_only_what_makes_sense_is_a_key(typed: bytes, pressed: list[str]) -> None:
    for pieces in ([typed], [bytes([byte]) for byte in typed]):
        keys = Keys(clock=lambda: 0.0)
        found = [event for piece in pieces for event in keys.feed(piece)]
        assert [event.key for event in found if isinstance(event, events.Key)] == pressed
        assert len(found) == len(pressed)


@pytest.mark.parametrize(
    ("answer", "light"),
    [
        (b"\x1b]11;rgb:ffff/fafa/f0f0\x1b\\", True),
        (b"\x1b]11;rgb:12/10/0e\x07", False),
        (b"\x1b]11;rgba:0000/0000/0000/ffff\x1b\\", False),
        (b"\x1b]11;white\x07", None),
        (b"\x1b]52;c;" + b"A" * 70, None),
    ],
)
def test_what_a_terminal_answers_is_no_key(answer: bytes, light: bool | None) -> None:
    whole = b"a" + answer + b"q"
    for pieces in ([whole], [bytes([byte]) for byte in whole]):
        keys = Keys(clock=lambda: 0.0)
        found = [event for piece in pieces for event in keys.feed(piece)]
        told = [event.light for event in found if isinstance(event, BackgroundTold)]
        pressed = [event.key for event in found if isinstance(event, events.Key)]
        assert told == ([] if light is None else [light])
        assert (pressed[0], pressed[-1]) == ("a", "q")
        assert set(pressed) <= {"a", "q", "A"}


def test_an_escape_that_comes_alone_is_a_key_when_nothing_follows_at_once() -> None:
    now = 0.0
    keys = Keys(clock=lambda: now)
    assert keys.feed(b"\x1b") == keys.tick() == []
    (up,) = keys.feed(b"[A")
    assert isinstance(up, events.Key)
    assert up.key == "up"
    assert keys.feed(b"\x1b") == []
    now += keys.tick_s
    assert now <= ESCAPE_S
    (escape,) = keys.tick()
    assert isinstance(escape, events.Key)
    assert escape.key == "escape"


def test_an_answer_without_an_end_deadens_no_key() -> None:
    now = 0.0
    keys = Keys(clock=lambda: now)
    assert keys.feed(b"\x1b]11;rgb") == []
    now = PASTE_MAX_S
    (key,) = keys.feed(b"q")
    assert isinstance(key, events.Key)


def test_a_paste_is_whole_and_ends_by_itself() -> None:
    now = 0.0
    keys = Keys(clock=lambda: now)
    (paste,) = [*keys.feed(b"\x1b[200~qu"), *keys.feed(b"it\x1b[20"), *keys.feed(b"1~")]
    assert isinstance(paste, events.Paste)
    assert paste.text == "quit"
    assert keys.feed(b"\x1b[200~q\x03") == []
    now = PASTE_MAX_S
    lost, key = keys.feed(b"\x03")
    assert isinstance(lost, events.Paste)
    assert isinstance(key, events.Key)
    assert key.key == "ctrl+c"


def test_no_bytes_break_it() -> None:
    chance = random.Random(1982)
    keys = Keys()
    for _ in range(2000):
        keys.feed(b"\x1b[" + bytes(chance.choices(b"0129;:<?uMtR~$y\x1b\xe9q", k=12)))
    keys.feed(b"\x1b[201~" + b"x" * 40)
    assert keys.feed(b"q")
