"""The player's settings, in lines."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rachel_tui.keep.settings import SETTINGS, THEME_NAMES, Setting, Settings, value_text
from rachel_tui.plain.commands import Query
from rachel_tui.plain.lines import Lines

_HEARD: Final = ("name", "seats", "bots", "bot_delay")
_HELP: Final = "Type a name and a value, such as seats 3; all for what screens look like; or back."


@dataclass(frozen=True, slots=True)
class OwnSettings:
    """The settings of a player.

    Attributes:
        load: returns those that hold now.
        keep: keeps changes by the names of settings; raises OSError or ValueError with what is
            wrong.
    """

    load: Callable[[], Settings]
    keep: Callable[[Mapping[str, Any]], None]


async def change_settings(own: OwnSettings, lines: Lines, say: Callable[[str], None]) -> None:
    """Say what holds, and change what is typed until the player goes back."""
    _tell(own, say, heard=True)
    say(_HELP)
    while (typed := await lines.answer()) is not None:
        if typed.lower() == "all":
            _tell(own, say, heard=False)
            continue
        words = typed.lower().removeprefix("set ").replace("_", " ").strip()
        name = next((it.name for it in SETTINGS if words.startswith(f"{_said(it)} ")), None)
        if name is not None:
            say(_change(own, name, typed.removeprefix("set ")[len(name) + 1 :].strip()))
        elif asked := next((it for it in SETTINGS if words == _said(it)), None):
            say(_line(own.load(), asked))
        elif typed.lower() in ("", *Query.HELP.value):
            say(_HELP)
        else:
            say(f"There is no such setting. There are {', '.join(map(_said, SETTINGS))}.")


def _tell(own: OwnSettings, say: Callable[[str], None], *, heard: bool) -> None:
    """Say the settings that matter to those who hear lines, or else the others."""
    settings = own.load()
    for it in SETTINGS:
        if (it.name in _HEARD) == heard:
            say(_line(settings, it))


def _line(settings: Settings, setting: Setting) -> str:
    """Return a setting, what it is, and what it does."""
    return f"{_said(setting)}: {value_text(getattr(settings, setting.name))}. {setting.about}"


def _said(setting: Setting) -> str:
    """Return the name of a setting for the ear; it may be typed so."""
    return setting.name.replace("_", " ")


def _change(own: OwnSettings, name: str, text: str) -> str:
    """Change a setting; return what to say about it."""
    setting = next(it for it in SETTINGS if it.name == name)
    said = _said(setting)
    themes = (*THEME_NAMES, *own.load().themes)
    if name == "theme" and text not in themes:
        return f"theme must be one of {', '.join(themes)}."
    try:
        value = setting.read(text)
    except ValueError as problem:
        return f"{said} must be {problem}."
    try:
        own.keep({name: value})
    except (OSError, ValueError) as error:
        return f"This is not kept: {getattr(error, 'strerror', None) or error}."
    if (holds := getattr(own.load(), name)) != value:
        return f"{said} is kept, but a variable or an option says {value_text(holds)} this time."
    return f"{said} is {value_text(value)} now."
