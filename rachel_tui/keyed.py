"""An app whose keys act in the order of typing, each on the screen that it was meant for."""

import asyncio
from contextlib import suppress
from typing import Any, Final

from textual import events
from textual.driver import Driver
from textual.screen import Screen
from textual.widgets import Input

from rachel_tui.dressed import DressedApp, Outfit
from rachel_tui.in_order import TakesKeys, type_into
from rachel_tui.keep.settings import ACTIONS
from rachel_tui.repeats import Repeats
from rachel_tui.screens.answering import AnswersOnce

_OPENS_S: Final = 0.5
"""How long keys wait for a screen; ways out wait as well."""


class KeyedApp(DressedApp):
    """An app with several screens, on which somebody may type ahead.

    Attributes:
        repeats: the keys that were pressed last.
    """

    def __init__(self, outfit: Outfit, driver_class: type[Driver] | None) -> None:
        """See `DressedApp`."""
        super().__init__(outfit, driver_class)
        self.repeats = Repeats()

    async def on_event(self, event: events.Event) -> None:
        """Take no key that repeats one which was meant for the screen before; ways out always.

        A key comes here twice: from the terminal, and when its screen had no use for it. That
        screen may have gone meanwhile.
        """
        if isinstance(event, events.Key):
            if not event.is_forwarded:
                await self._until_open()
            screen = self._meant_screen()
            refused = self.repeats.refuses(event, screen) and not self._leads_out(event.key)
            if not event.is_forwarded:
                self.repeats.note(event, screen)
            if refused or (not event.is_forwarded and await self._act_on(event)):
                return
        await super().on_event(event)

    async def _until_open(self) -> None:
        """Wait until the screen that is being opened can take keys, but not for long."""
        if self.screen_stack and not self.screen.is_mounted:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.screen._mounted_event.wait(), _OPENS_S)

    async def _act_on(self, key: events.Key) -> bool:
        """Do at once what a key means where its place among others matters (see `in_order`)."""
        if not self.screen_stack:
            return False
        screen, field = self.screen, self.focused
        self.app_focus = True
        if await self._check_bindings(key.key, priority=True):
            return True
        if isinstance(field, Input):
            taken = type_into(field, key)
        else:
            taken = isinstance(screen, TakesKeys) and await screen.take_key(key)
        return taken or await self._check_bindings(key.key)

    def _meant_screen(self) -> Screen[Any] | None:
        screen: Screen[Any]
        for screen in reversed(self.screen_stack):
            if not (isinstance(screen, AnswersOnce) and screen.completes):
                return screen
        return None

    def _leads_out(self, key: str) -> bool:
        leave = self.settings.keys.get("leave", ACTIONS["leave"])
        return key == "escape" or key.startswith("ctrl+") or key in leave.split(",")
