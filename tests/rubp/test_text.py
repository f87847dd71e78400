"""Nothing hostile gets through, and harmless text stays as it is."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rachel.rubp import Hello, PlayerName
from rachel.text import ascii_name, clean_name, clean_text

HOSTILE = [chr(code) for code in range(0x110000)]
HOSTILE = [c for c in HOSTILE if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn")]
NASTY = "\x00\x1b\x7f\x85\x9b\u061c\u200b\u200d\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069"
NASTY += "\u034f\u115f\u3164\u2800\ufe0f\ufeff\ud800\ue000\u0378\U000e0041\u0301\u20dd\u3000 \n"
TEXTS = st.text(
    st.sampled_from(NASTY) | st.sampled_from("aé한😀[/") | st.characters(), max_size=120
)


def harmless(text: str) -> bool:
    """Tell whether text is one line of characters that show, with single spaces inside."""
    return text == " ".join(text.split()) and all(
        c == " " or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs")
        for c in text
    )


def longest_run_of_marks(text: str) -> int:
    """Return how many combining marks stand in a row at most."""
    longest = run = 0
    for character in text:
        run = run + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        longest = max(longest, run)
    return longest


def test_no_hostile_code_point_survives() -> None:
    assert clean_text("a" + "".join(HOSTILE) + "b").replace(" ", "") == "ab"


@pytest.mark.parametrize("character", NASTY.replace(" ", ""))
def test_nothing_is_left_of_a_text_that_shows_nothing(character: str) -> None:
    assert clean_text(character * 3) == ""
    assert clean_name(character * 3) == ascii_name(character * 3) == "Player"


@settings(deadline=None)
@given(TEXTS)
def test_clean_text_is_harmless_and_stays(text: str) -> None:
    clean = clean_text(text)
    assert harmless(clean)
    assert clean_text(clean) == clean


@settings(deadline=None)
@given(TEXTS, st.integers(0, 60))
def test_clean_text_keeps_to_its_bytes(text: str, size: int) -> None:
    cut = clean_text(text, max_bytes=size)
    assert len(cut.encode()) <= size
    assert clean_text(text).startswith(cut)
    assert clean_text(cut, max_bytes=size) == cut


@settings(deadline=None)
@given(TEXTS)
def test_clean_names_are_harmless_and_fit_the_wire(text: str) -> None:
    name = clean_name(text)
    assert harmless(name)
    assert 1 <= len(name.encode()) <= 47
    assert longest_run_of_marks(name) <= 2
    assert clean_name(name) == name
    assert PlayerName.unpack(PlayerName(0, name).pack()).name == name


@settings(deadline=None)
@given(TEXTS)
def test_ascii_names_fit_a_hello(text: str) -> None:
    name = ascii_name(text)
    assert name.isascii()
    assert name.isprintable()
    assert 1 <= len(name) <= 15
    assert Hello.unpack(Hello(name).pack()).name == name
    assert ascii_name(name) == name


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Ann", "Ann"),
        ("  Ann \t\n Bee  ", "Ann Bee"),
        ("Zo\u0065\u0308", "Zo\u00eb"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("\x9b2Jgone", "2Jgone"),
        ("evil\u202etxt.exe", "eviltxt.exe"),
        ("a\u2028b\u0085c", "a b c"),
        ("pay\u200bpal\u00ad", "paypal"),
        ("\U0001f468\u200d\U0001f469 ok\ufe0f", "\U0001f468\U0001f469 ok"),
        ("[@click=app.quit]x[/]", "[@click=app.quit]x[/]"),
        ("日本語 한국어 عربي", "日本語 한국어 عربي"),
        ("\u0301Ann", "Ann"),
    ],
)
def test_clean_text_examples(text: str, clean: str) -> None:
    assert clean_text(text) == clean


def test_clean_text_cuts_between_characters_and_leaves_no_space() -> None:
    assert clean_text("aé😀", max_bytes=6) == "aé"
    assert clean_text("ab cd", max_bytes=3) == "ab"
    assert clean_text("ab", max_bytes=0) == ""


def test_names_keep_two_marks_in_a_row() -> None:
    assert clean_name("x" + "\u0335" * 20 + "y") == "x\u0335\u0335y"


def test_long_names_are_cut() -> None:
    assert clean_name("é" * 40) == "é" * 23


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ann", "Ann"),
        ("Zoë Łódź", "Zoe Lodz"),
        ("Straße", "Strasse"),
        ("Ångström Ægir", "Angstrom AEgir"),
        ("ＡＮＮ ½", "ANN 12"),
        ("O’Neil “x” – y", 'O\'Neil "x" - y'),
        ("日本語", "Player"),
        ("Bartholomew Abernathy", "Bartholomew Abe"),
        ("", "Player"),
    ],
)
def test_ascii_name_examples(text: str, name: str) -> None:
    assert ascii_name(text) == name
