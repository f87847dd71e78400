"""The player's settings, in lines."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rachel_tui.keep.settings import SETTINGS, THEME_NAMES, Settings, value_text
from rachel_tui.plain.lines import Lines

_HELP: Final = "Type set, a name and a value, such as set seats 3; or back."


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
    settings = own.load()
    for it in SETTINGS:
        say(f"{it.name} {value_text(getattr(settings, it.name))}. {it.about}")
    say(_HELP)
    while (words := (await lines.get() or "back").split()) != ["back"]:
        match words:
            case ["set", name, value, *rest]:
                say(_change(own, name, " ".join([value, *rest])))
            case _:
                say(_HELP)


def _change(own: OwnSettings, name: str, text: str) -> str:
    """Change a setting; return what to say about it."""
    setting = next((it for it in SETTINGS if it.name == name), None)
    if setting is None:
        return f"There is no setting {name}. There are {', '.join(it.name for it in SETTINGS)}."
    themes = (*THEME_NAMES, *own.load().themes)
    if name == "theme" and text not in themes:
        return f"theme must be one of {', '.join(themes)}."
    try:
        value = setting.read(text)
    except ValueError as problem:
        return f"{name} must be {problem}."
    try:
        own.keep({name: value})
    except (OSError, ValueError) as error:
        return f"This is not kept: {getattr(error, 'strerror', None) or error}."
    if (holds := getattr(own.load(), name)) != value:
        return f"{name} is kept, but a variable or an option says {value_text(holds)} this time."
    return f"{name} is {value_text(value)} now."
