"""The player's settings, in lines."""

from collections.abc import Callable, Sequence
from typing import Final

from rachel_tui.keep.settings import (
    SETTINGS,
    THEME_NAMES,
    OwnSettings,
    Setting,
    Settings,
    value_text,
)
from rachel_tui.plain.commands import Query
from rachel_tui.plain.lines import Lines

_HEARD: Final = ("name", "seats", "bots", "bot_delay")
_HELP: Final = "Type a name and a value, such as seats 3; all for what screens look like; or back."
_HELP_OF_VISITS: Final = "Type a name and a value, such as seats 3; or back."


async def change_settings(own: OwnSettings, lines: Lines, say: Callable[[str], None]) -> None:
    """Say what holds, and change what is typed until the player goes back."""
    heard = [it for it in SETTINGS if it.name in _HEARD]
    offered = SETTINGS if own.lasts else heard
    instructions = _HELP if own.lasts else _HELP_OF_VISITS
    _tell(own, heard, say)
    if not own.lasts:
        say("What you change holds until you leave.")
    say(instructions)
    while (typed := await lines.answer()) is not None:
        if typed.lower() == "all":
            _tell(own, [it for it in offered if it not in heard], say)
            continue
        words = typed.lower().removeprefix("set ").replace("_", " ").strip()
        setting = next((it for it in offered if words.startswith(f"{_said(it)} ")), None)
        if setting is not None:
            value = typed.removeprefix("set ")[len(setting.name) + 1 :].strip()
            say(_change(own, setting, value))
        elif asked := next((it for it in offered if words == _said(it)), None):
            say(_line(own.load(), asked))
        elif typed.lower() in ("", *Query.HELP.value):
            say(instructions)
        else:
            say(f"There is no such setting. There are {', '.join(map(_said, offered))}.")


def _tell(own: OwnSettings, some: Sequence[Setting], say: Callable[[str], None]) -> None:
    settings = own.load()
    for it in some:
        say(_line(settings, it))


def _line(settings: Settings, setting: Setting) -> str:
    """Return a setting, what it is, and what it does."""
    return f"{_said(setting)}: {value_text(getattr(settings, setting.name))}. {setting.about}"


def _said(setting: Setting) -> str:
    """Return the name of a setting for the ear; it may be typed so."""
    return setting.name.replace("_", " ")


def _change(own: OwnSettings, setting: Setting, text: str) -> str:
    """Change a setting; return what to say about it."""
    name, said = setting.name, _said(setting)
    if name == "name" and own.name_stays:
        return own.name_stays
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
