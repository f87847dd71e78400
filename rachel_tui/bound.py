"""Bindings whose keys the player can change."""

from textual.binding import Binding

from rachel_tui.keep.settings import ACTIONS


def bound(
    name: str,
    action: str,
    description: str,
    *,
    show: bool = False,
    tooltip: str = "",
    key_display: str | None = None,
    priority: bool = False,
) -> Binding:
    """Return the binding of one of `ACTIONS` by its ``name``, to the keys that it has.

    A tooltip is what help and commands say; a binding without one that is not shown is not told.
    """
    return Binding(
        ACTIONS[name],
        action,
        description,
        show=show,
        key_display=key_display,
        priority=priority,
        tooltip=tooltip,
        id=name,
    )
