"""Actions as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rachel.rules.actions import DRAW, Action, Play
from rachel.rules.cards import DECK
from rachel_server.store.action_text import decode_action, encode_action

CARDS = {2: 0x02, 7: 0x47, 10: 0x8A, 14: 0xCE}


@pytest.mark.parametrize(
    ("action", "text"),
    [
        (DRAW, "D"),
        (Play((0x02,)), "2H"),
        (Play((0x47, 0x87)), "7D 7C"),
        (Play((0xCA, 0x0A)), "10S 10H"),
        (Play((0xCE,), 0), "AS:H"),
        (Play((0x0E, 0x4E), 3), "AH AD:S"),
    ],
)
def test_the_text_of_an_action(action: Action, text: str) -> None:
    assert encode_action(action) == text
    assert decode_action(text) == action


@given(
    st.builds(
        Play,
        st.lists(st.sampled_from(DECK), min_size=1, max_size=4).map(tuple),
        st.none() | st.integers(0, 3),
    )
)
def test_every_play_comes_back(play: Play) -> None:
    assert decode_action(encode_action(play)) == play


@pytest.mark.parametrize(
    "play", [Play((0x01,)), Play((0x100,)), Play((0x02,), 4), Play((0x02,), -1)]
)
def test_what_does_not_exist_is_refused(play: Play) -> None:
    with pytest.raises(ValueError, match=r"card|suit"):
        encode_action(play)


@pytest.mark.parametrize("text", ["", "d ", "1H", "7H  7C", "AS:", "AS:X", "AS:HD", ":H", "D:H"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"card|suit"):
        decode_action(text)
