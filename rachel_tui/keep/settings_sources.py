"""Which settings hold: the command line before RACHEL_* variables, before the file, before ours."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from rachel_tui.keep.settings import DEFAULTS, SETTINGS, THEME_NAMES, Settings
from rachel_tui.keep.settings_file import read_file


class Loaded(NamedTuple):
    """The settings that hold, and why.

    Attributes:
        settings: what holds.
        sources: where each of them comes from: "default", "file", the variable, or the option.
        problems: what could not be used, a line each.
    """

    settings: Settings
    sources: Mapping[str, str]
    problems: tuple[str, ...]


def load(
    path: Path, environment: Mapping[str, str], options: Mapping[str, Any] | None = None
) -> Loaded:
    """Return the settings of a player.

    Args:
        path: the player's file; there need be none.
        environment: the variables of the player's terminal.
        options: settings from the command line by name; those that are None are not given.
    """
    in_file = read_file(path)
    problems = list(in_file.problems)
    values: dict[str, Any] = dict(in_file.values)
    sources = {it.name: "file" if it.name in values else "default" for it in SETTINGS}
    for setting in SETTINGS:
        text = environment.get(setting.variable, "").strip()
        if text:
            try:
                values[setting.name] = setting.read(text)
                sources[setting.name] = setting.variable
            except ValueError as error:
                problems.append(f"{setting.variable} must be {error}")
        given = (options or {}).get(setting.name)
        if given is not None:
            values[setting.name] = given
            sources[setting.name] = "--" + setting.name.replace("_", "-")
    settings = Settings(**values)
    if settings.theme not in {*THEME_NAMES, *settings.themes}:
        names = ", ".join([*THEME_NAMES, *settings.themes])
        problems.append(f"there is no theme {settings.theme!r}: there are {names}")
        settings = replace(settings, theme=DEFAULTS.theme)
        sources["theme"] = "default"
    return Loaded(settings, sources, tuple(problems))
