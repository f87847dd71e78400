"""What a player has chosen: read from four places, kept in a file whose comments stay."""

import tomllib
from pathlib import Path

import pytest

from rachel_tui.keep.private_file import NOWHERE
from rachel_tui.keep.settings import DEFAULTS, SETTINGS
from rachel_tui.keep.settings_file import read_file, template, write_file
from rachel_tui.keep.settings_sources import load


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "rachel.toml"


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_stronger_place_counts(path: Path) -> None:
    written(path, 'seats = 3\nbots = "beginner"\nsort = "suit"\n')
    environment = {"RACHEL_SEATS": "5", "RACHEL_BOTS": "advanced", "RACHEL_BELL": ""}
    loaded = load(path, environment, {"seats": 8, "bot_delay": None})
    assert (loaded.settings.seats, loaded.settings.bots) == (8, "advanced")
    assert (loaded.settings.sort, loaded.settings.bell) == ("suit", True)
    sources = ("--seats", "RACHEL_BOTS", "file", "default", "default")
    names = ("seats", "bots", "sort", "bell", "bot_delay")
    assert tuple(loaded.sources[name] for name in names) == sources
    assert not loaded.problems


def test_what_cannot_be_used_is_named_with_its_line(path: Path) -> None:
    written(path, '# seats = 9\nsort = "age"\nseats = 9\ncolor = 3\n[keys]\ndraw = "y"\nplay = 1\n')
    loaded = load(path, {"RACHEL_BELL": "loud"})
    assert loaded.settings.keys == {"draw": "y"}
    assert (loaded.settings.sort, loaded.settings.seats) == (DEFAULTS.sort, DEFAULTS.seats)
    assert loaded.problems == (
        f"{path}, line 2: sort must be one of dealt, suit, rank",
        f"{path}, line 3: seats must be a number from 2 to 8",
        f"{path}, line 4: color is no setting",
        f"{path}, line 7: play must be a text in quotes",
        "RACHEL_BELL must be true or false",
    )


def test_names_and_keys_that_cannot_be_shown_are_no_names_and_no_keys(path: Path) -> None:
    text = '[keys]\ndraw = "\\u001b"\n[themes."\\u001b[7m"]\nback = "#000000"\n[themes.pub]\n'
    loaded = load(written(path, text), {})
    assert (loaded.settings.keys, list(loaded.settings.themes)) == ({}, ["pub"])
    assert loaded.problems == (
        f"{path}, line 1: [7m is no name for a theme",
        f"{path}, line 2: draw needs a key",
    )


def test_a_theme_must_be_known(path: Path) -> None:
    text = 'theme = "pub"\n[themes.pub]\nbackground = "#20140c"\n'
    assert load(written(path, text), {}).settings.theme == "pub"
    loaded = load(written(path, 'theme = "pub"\n'), {})
    assert loaded.settings.theme == "auto"
    assert "there is no theme 'pub'" in loaded.problems[0]


@pytest.mark.parametrize(
    "content", [b"seats =\n", b"\xff\xfe", b"x = " + b"[" * 3000], ids=["toml", "letters", "depth"]
)
def test_a_file_that_cannot_be_read_is_never_overwritten(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    loaded = load(path, {})
    assert loaded.settings == DEFAULTS
    assert len(loaded.problems) == 1
    with pytest.raises(ValueError, match=r"."):
        write_file(path, {"bell": False})
    assert path.read_bytes() == content


def test_the_first_change_writes_a_file_that_explains_everything(path: Path) -> None:
    write_file(path, {"theme": "light", "ascii": None, "bot_delay": 0.5})
    text = path.read_text(encoding="utf-8")
    assert tomllib.loads(text) == {"theme": "light", "ascii": "auto", "bot_delay": 0.5}
    assert all(it.about in text for it in SETTINGS)
    assert "# seats = 4\n" in text


def test_a_change_keeps_everything_else(path: Path) -> None:
    written(
        path,
        '# Mine\ntheme = "dark"  # at night\n\n[keys]\ntheme = "x"  # t is for tea\n# seats = 3\n',
    )
    write_file(path, {"theme": "light", "seats": 2})
    assert path.read_text(encoding="utf-8") == (
        '# Mine\ntheme = "light"  # at night\nseats = 2\n\n'
        '[keys]\ntheme = "x"  # t is for tea\n# seats = 3\n'
    )


def test_what_is_written_in_another_way_is_left_alone(path: Path) -> None:
    text = 'theme = """\ndark"""\n'
    written(path, text)
    with pytest.raises(ValueError, match=r"."):
        write_file(path, {"theme": "light"})
    assert path.read_text(encoding="utf-8") == text


def test_a_linked_file_stays_a_link(path: Path, tmp_path: Path) -> None:
    real = written(path, "bell = true\n")
    link = tmp_path / "link.toml"
    link.symlink_to(real)
    write_file(link, {"bell": False})
    assert link.is_symlink()
    assert read_file(real).values == {"bell": False}


def test_the_template_takes_every_default_when_its_lines_count(path: Path) -> None:
    names = {it.name for it in SETTINGS}
    lines = [line.removeprefix("# ") for line in template().splitlines()]
    chosen = [line for line in lines if line.partition(" =")[0] in names]
    assert load(written(path, "\n".join(chosen)), {}).settings == DEFAULTS
    assert len(chosen) == len(names)


def test_without_a_home_the_defaults_hold_and_nothing_is_kept() -> None:
    path = NOWHERE / "rachel.toml"
    assert load(path, {}).settings == DEFAULTS
    assert not load(path, {}).problems
    with pytest.raises(OSError, match=r"."):
        write_file(path, {"bell": False})
