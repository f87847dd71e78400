"""The player's settings, in lines."""

import re
from collections.abc import Callable, Sequence
from typing import Final

from rachel_tui.keep.settings import (
    NO_NAME,
    SETTINGS,
    THEME_NAMES,
    OwnSettings,
    Setting,
    Settings,
    value_text,
)
from rachel_tui.plain.commands import Query
from rachel_tui.plain.lines import Lines
from rachel_tui.plain.name import readable_name, why_changed

_HEARD: Final = ("name", "sort", "seats", "bots", "bot_delay")
_QUESTION: Final = "Type the new value, or press Enter to keep it."
_NAME_QUESTION: Final = "Type the new one, none to have no name, or press Enter to keep it."
_HELP: Final = (
    "Type what you want to change, alone or with its value, such as seats 3; all for the settings "
    "of screens; Enter to hear these again; or back."
)
_HELP_OF_VISITS: Final = (
    "Type what you want to change, alone or with its value, such as seats 3; Enter to hear these "
    "again; or back."
)
_AGAIN: Final = ("", "settings", "list", *Query.HELP.value)


class SettingsLines:
    """Says what holds, and changes it."""

    def __init__(self, own: OwnSettings, lines: Lines, say: Callable[[str], None]) -> None:
        self._own = own
        self._lines = lines
        self._say = say
        self._heard = [it for it in SETTINGS if it.name in _HEARD]
        self._offered = SETTINGS if own.lasts else self._heard
        self._instructions = _HELP if own.lasts else _HELP_OF_VISITS

    async def run(self) -> None:
        """Change what is typed until the player goes back."""
        self._begin()
        while (typed := await self._lines.answer()) is not None:
            following: str | None = typed
            while following is not None:
                following = await self._do(following)

    def _begin(self) -> None:
        self._tell(self._heard)
        if not self._own.lasts:
            self._say("What you change holds until you leave.")
        self._say(self._instructions)

    async def _do(self, typed: str) -> str | None:
        """Do what a line says; return the line after it, if one was read and is to be done."""
        setting, value = _named(typed, self._offered)
        if setting is not None and value:
            self._change(setting, value)
        elif setting is not None:
            return await self._ask(setting)
        elif typed.lower() == "all":
            self._tell([it for it in self._offered if it not in self._heard])
        elif typed.lower() in _AGAIN:
            self._begin()
        else:
            names = ", ".join(map(_said, self._offered))
            self._say(f"There is no such setting. There are {names}.")
        return None

    async def _ask(self, setting: Setting) -> str | None:
        """Ask for the value of a setting; return the answer if it names another setting."""
        lasting_name = setting.name == "name" and self._own.lasts
        question = _NAME_QUESTION if lasting_name else _QUESTION
        self._say(f"{_line(self._own.load(), setting)} {question}")
        while typed := await self._lines.answer():
            named, value = _named(typed, self._offered)
            if named is setting:
                typed = value
            elif named is not None and setting.name != "name":
                return typed
            if not typed:
                self._say(f"{_line(self._own.load(), setting)} {question}")
            elif self._change(setting, typed, hint=" Enter keeps what it is."):
                return None
        stays = value_text(getattr(self._own.load(), setting.name))
        self._say(f"{_said(setting)} stays {stays}.")
        return None

    def _change(self, setting: Setting, text: str, hint: str = "") -> bool:
        """Change a setting; return whether it can have that value, else say so with a hint."""
        try:
            self._say(_change(self._own, setting, text))
        except ValueError as problem:
            self._say(f"{problem}{hint}")
            return False
        return True

    def _tell(self, some: Sequence[Setting]) -> None:
        settings = self._own.load()
        for it in some:
            self._say(_line(settings, it))


def _named(typed: str, offered: Sequence[Setting]) -> tuple[Setting | None, str]:
    """Return the setting whose name a line begins with, and the value after it, if there is one."""
    for setting in offered:
        name = setting.name.replace("_", "[ _-]?")
        if found := re.fullmatch(rf"(?:set +)?{name}(?:[ =:]+(.*))?", typed, re.IGNORECASE):
            return setting, found[1] or ""
    return None, ""


def _line(settings: Settings, setting: Setting) -> str:
    """Return a setting, what it is, and what it does."""
    return f"{_said(setting)}: {value_text(getattr(settings, setting.name))}. {setting.about}"


def _said(setting: Setting) -> str:
    """Return the name of a setting for the ear; it may be typed so."""
    return setting.name.replace("_", " ")


def _written(setting: Setting, text: str) -> str:
    """Return a value as it is read: as it is told, ``0.8 seconds``, it may be typed."""
    if not setting.choices or setting.name == "theme":
        return text
    number = re.fullmatch(r"(\d+)(?:[.,](\d+))?(?: ?s(?:ec(?:ond)?s?)?)?", text.lower())
    return text.lower() if number is None else ".".join(filter(None, number.groups()))


def _can_be(setting: Setting) -> str:
    """Return what a setting can be that is yes or no; empty for any other."""
    if not any(choice is True for choice in setting.choices):
        return ""
    *first, last = map(value_text, setting.choices)
    return f"{', '.join(first)} or {last}"


def _change(own: OwnSettings, setting: Setting, text: str) -> str:
    """Change a setting; return what to say about it.

    Raises:
        ValueError: it cannot have that value; the text says what it can have.
    """
    name, said = setting.name, _said(setting)
    if name == "name" and own.name_stays:
        return own.name_stays
    if name == "name" and own.lasts and text.strip().lower() == "none":
        text = ""
    elif name == "name":
        readable_name(text)
    themes = (*THEME_NAMES, *own.load().themes)
    if name == "theme" and text not in themes:
        raise ValueError(f"theme must be one of {', '.join(themes)}.")
    try:
        value = setting.read(_written(setting, text))
    except ValueError as problem:
        raise ValueError(f"{said} must be {_can_be(setting) or problem}.") from None
    try:
        own.keep({name: value})
    except (OSError, ValueError) as error:
        return f"This is not kept: {getattr(error, 'strerror', None) or error}."
    if (holds := getattr(own.load(), name)) != value:
        return f"{said} is kept, but a variable or an option says {value_text(holds)} this time."
    if name == "name" and not value:
        return NO_NAME
    why = why_changed(str(value), text) if name == "name" else ""
    return f"{said} is {value_text(value)} now{why}."
