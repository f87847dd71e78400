"""The player's file of settings: TOML with comments, which stay when something is changed.

Settings stand at the top, a line each, then ``[keys]`` and the player's own ``[themes.NAME]``.
"""

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from textwrap import fill
from typing import Any, Final, NamedTuple

from rachel.text import clean_text
from rachel_tui.keep.kept_file import read_kept
from rachel_tui.keep.key_names import bound_keys
from rachel_tui.keep.meant import meant_text
from rachel_tui.keep.private_file import replace_file, user_folder
from rachel_tui.keep.settings import ACTIONS, ACTIONS_AT, DEFAULTS, SETTINGS, THEME_COLOURS

_HEAD: Final = """\
# Settings of Rachel. A line that begins with # does not count: take the # away to change a setting.
# The client writes here when you change something on its screen of settings, and keeps comments.
# RACHEL_* variables and options of the command line count more: `rachel config` shows what holds.
"""
_TAIL: Final = """
# Keys of your own: an action and its keys. The actions, by screen:
{actions}
# For example:
# [keys]
# draw = "d,plus"

# Colours of your own; what you leave out is as in the theme "dark", or as in "light" if your
# background is light. The colours:
{colours}
# For example:
# [themes.pub]
# background = "#20140c"
# felt = "#4a2c17"
"""
_BYTES_MAX: Final = 256 * 1024
_TEXT_MAX: Final = 60
_VALUE: Final = r"""("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s#]*)"""
_TABLE: Final = re.compile(r"^[ \t]*\[", re.MULTILINE)


def default_path() -> Path:
    """Return where this user's settings are kept."""
    return user_folder("config") / "rachel.toml"


class FileSettings(NamedTuple):
    """What a file says: values by the names of `Settings`, and what in it cannot be used."""

    values: Mapping[str, Any]
    problems: tuple[str, ...]


def read_file(path: Path) -> FileSettings:
    """Return what the file says; nothing when there is none."""
    try:
        text = _text_of(path)
    except (FileNotFoundError, NotADirectoryError):
        return FileSettings({}, ())
    except OSError as error:
        return FileSettings({}, (f"{path} cannot be read: {error.strerror}",))
    except UnicodeDecodeError:
        return FileSettings({}, (f"{path} is not a text in UTF-8",))
    try:
        content = _parsed(text)
    except ValueError as error:
        return FileSettings({}, (f"{path}: {error}",))
    values: dict[str, Any] = {}
    problems: list[tuple[int, str]] = []
    readers = {it.name: it.read for it in SETTINGS}

    def wrong(name: str, what: str) -> None:
        line = _line_of(text, name)
        problems.append((line, f"{path}, line {line}: {_shown(name)} {what}"))

    for name, value in content.items():
        if name == "keys" and isinstance(value, dict):
            keys = _texts(value, wrong)
            for action in keys.keys() - ACTIONS.keys():
                wrong(action, f"is no action: {meant_text(action, ACTIONS)}")
            own = {it: bound_keys(text) for it, text in keys.items() if it in ACTIONS}
            for action in [it for it, bound in own.items() if not (bound and bound.isprintable())]:
                del own[action]
                wrong(action, "needs a key")
            values["keys"] = own
            for action, key, other in _clashes(own):
                wrong(action, f"has the key {key}, which {other} has, too")
        elif name == "themes" and isinstance(value, dict):
            themes = {theme: _texts(it, wrong) for theme, it in value.items()}
            for theme in [it for it in themes if not it.isprintable() or len(it) > _TEXT_MAX]:
                del themes[theme]
                wrong(theme, "is no name for a theme")
            values["themes"] = themes
        elif name in readers:
            try:
                values[name] = readers[name](value)
            except ValueError as error:
                wrong(name, f"must be {error}")
        else:
            wrong(name, "is no setting")
    return FileSettings(values, tuple(line for _, line in sorted(problems)))


def write_file(path: Path, changes: Mapping[str, str | bool | float | None]) -> None:
    """Change settings in the file, which is made if there is none; all else in it stays.

    Raises:
        OSError: the file cannot be read or written; it is as before.
        ValueError: the file is no TOML, or says something on several lines; it is as before.
    """
    path = Path(os.path.realpath(path))  # a link stays one
    try:
        text = _text_of(path)
    except (FileNotFoundError, NotADirectoryError):
        text = template()
    for name, value in changes.items():
        text = _with_line(text, name, f"{name} = {_toml(value)}")
    content = _parsed(text)
    if any(content.get(name) != _plain(value) for name, value in changes.items()):
        raise ValueError(f"{path} is not written as Rachel writes it")
    replace_file(path, text)


def template() -> str:
    """Return a file that explains every setting and changes none."""
    lines = [
        f"\n# {it.about}\n# {it.name} = {_toml(getattr(DEFAULTS, it.name))}\n" for it in SETTINGS
    ]
    actions = "\n".join(_listed(f"{screen}: ", names) for screen, names in ACTIONS_AT.items())
    tail = _TAIL.format(actions=actions, colours=_listed("", THEME_COLOURS))
    return "".join([_HEAD, *lines, tail])


def _listed(head: str, names: Sequence[str]) -> str:
    """Return names in lines of a comment."""
    text = f"{head}{', '.join(names)}."
    return fill(text, 90, initial_indent="# ", subsequent_indent="#   ", break_on_hyphens=False)


def _text_of(path: Path) -> str:
    return read_kept(path, _BYTES_MAX).decode().replace("\r\n", "\n")


def _parsed(text: str) -> dict[str, Any]:
    import tomllib  # a player who has changed nothing has no file

    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("Nested too deeply") from None


def _with_line(text: str, name: str, line: str) -> str:
    """Return the text with the setting's line in place of an earlier one, even a comment."""
    top = _TABLE.search(text)
    end = top.start() if top else len(text)
    for commented in ("", r"#[ \t]*"):
        head = rf"^[ \t]*{commented}{name}[ \t]*=[ \t]*"
        found = re.compile(head + _VALUE, re.MULTILINE).search(text, 0, end)
        if found:
            return text[: found.start()] + line + text[found.end() :]
    head = text[:end].rstrip("\n")
    return f"{head}\n{line}\n" + (f"\n{text[end:]}" if top else "") if head else f"{line}\n{text}"


def _plain(value: str | bool | float | None) -> str | bool | float:
    return "auto" if value is None else value


def _toml(value: str | bool | float | None) -> str:
    return json.dumps(_plain(value))  # for a text without control characters, the same in TOML


def _texts(table: object, wrong: Callable[[str, str], None]) -> dict[str, str]:
    """Return the texts of a table by their names; what is no text is told to ``wrong``."""
    texts = {}
    for name, value in (table if isinstance(table, dict) else {}).items():
        if isinstance(value, str):
            texts[name] = value
        else:
            wrong(name, "must be a text in quotes")
    return texts


def _clashes(own: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return each action with a key of the player's that another one at a screen has, too.

    Actions that share keys of ours never hold at the same time.
    """
    holds = {action: set(text.split(",")) for action, text in ({**ACTIONS, **own}).items()}
    return [
        (action, key, other)
        for action in own
        for other, keys in holds.items()
        for key in sorted(holds[action] & keys)
        if other != action
        and any({action, other} <= {*names} for names in ACTIONS_AT.values())
        and not {*ACTIONS[action].split(",")} & {*ACTIONS[other].split(",")}
    ]


def _line_of(text: str, name: str) -> int:
    """Return the number of the first line that mentions a name, comments left out."""
    mention = re.compile(rf"""(?<![\w-]){re.escape(name)}["']?\s*[=.\]]""")
    lines = enumerate(text.splitlines(), start=1)
    return next((number for number, line in lines if mention.search(line.partition("#")[0])), 1)


def _shown(name: str) -> str:
    return clean_text(name, max_bytes=_TEXT_MAX)
