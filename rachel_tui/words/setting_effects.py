"""What a setting comes to, where no picture can show it."""

from typing import Final

_NEXT: Final = "From your next solo game on"
_BOTS: Final = {
    "beginner": "they play any card that fits",
    "intermediate": "pairs first, twos and aces kept",
    "advanced": "they count the cards that are gone",
}
_YES_NO: Final = {
    "motion": ("Cards fly from hand to pile.", "Cards are at once where they belong."),
    "bell": ("The terminal rings at your turn.", "Your turn makes no sound."),
    "notify": (
        "The window's title calls you; some terminals send a message.",
        "Nothing calls you while you look elsewhere.",
    ),
}


def effect_text(name: str, value: object, *, bots: int) -> str:
    """Return in a sentence what a setting does now, empty where the picture of a table shows it.

    ``bots`` is how many of them sit at a solo game.
    """
    if name in _YES_NO:
        return _YES_NO[name][not value]
    if name == "bots":
        return f"{_NEXT}: {_BOTS[str(value)]}."
    if name == "seats":
        return f"{_NEXT}."
    if name == "bot_delay" and isinstance(value, float):
        who = "the bot takes" if bots == 1 else f"{bots} bots take"
        return f"Then {who} {value * bots:.1f} seconds." if value else "Bots play at once."
    return ""
