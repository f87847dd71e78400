"""What can be done at a screen, with the keys that hold: for the help and for the commands."""

from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any, Final, NamedTuple, Protocol, runtime_checkable

from textual.keys import format_key
from textual.screen import Screen

_UNTOLD: Final = ("ctrl+", "super+", "page")
_BOTH: Final = 2
"""Keys that are told one by one, without what is between them."""


class Offer(NamedTuple):
    """One thing to do.

    Attributes:
        keys: its keys, as they stand on a keyboard.
        text: what it is, in a few words.
        act: does it; None where the keys do different things, such as the four arrows.
    """

    keys: str
    text: str
    act: Callable[[], Awaitable[Any] | None] | None


@runtime_checkable
class Offering(Protocol):
    """A screen with offers that are not bindings, such as the rows of a menu."""

    def offers(self) -> Iterator[Offer]:
        """Yield what is offered now, in its order."""


def offers_of(screen: Screen[Any]) -> list[Offer]:
    """Return what can be done at a screen now: its own offers first, then its bindings.

    A binding that neither a footer shows nor a tooltip explains goes without saying, and so does
    one whose key the screen itself offers.
    """
    own = [*screen.offers()] if isinstance(screen, Offering) else []
    offered = {offer.keys for offer in own}
    active = screen.active_bindings
    keys: dict[str, list[str]] = {}
    acts: dict[str, dict[str, Callable[[], Awaitable[Any]]]] = {}
    for key, (node, binding, enabled, _) in active.items():
        lower = active.get(key.lower())
        doubled = key.isupper() and lower is not None and lower.binding.action == binding.action
        told = (binding.show or binding.tooltip) and format_key(key) not in offered
        if enabled and told and not doubled and not key.startswith(_UNTOLD):
            text = binding.tooltip or binding.description
            keys.setdefault(text, []).append("enter" if key == "enter" else format_key(key))
            acts.setdefault(text, {})[binding.action] = partial(
                screen.app.run_action, binding.action, node
            )
    bound = [
        Offer(_told(keys[text]), text, next(iter(does.values())) if len(does) == 1 else None)
        for text, does in acts.items()
    ]
    return [*own, *bound]


def _told(keys: list[str]) -> str:
    """Return keys in as few words as say them: 1-8, and no tab beside arrows."""
    if len(keys) > _BOTH and all(map(str.isdigit, keys)):
        return f"{keys[0]}-{keys[-1]}"
    return " ".join(key for key in keys if "↑" not in keys or not key.endswith("tab"))
