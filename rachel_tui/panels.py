"""An app that shows its rules, settings, keys and commands over whatever is on the screen."""

# What only panels need is imported at the first one: home is on the screen before.
from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input

from rachel_tui.keyed import KeyedApp

if TYPE_CHECKING:
    from rachel_tui.screens.offers import Offer


class PanelledApp(KeyedApp):
    """Opens a panel on every screen alike; what it lists is what the screen below offers."""

    def action_rules(self, key: str = "") -> None:
        """Show the rules, from the paragraph with this ``key`` on."""
        from rachel_tui.screens.rules import RulesScreen

        self.push_screen(RulesScreen(key))

    def action_settings(self) -> None:
        """Show what can be chosen."""
        from rachel_tui.screens.settings import SettingsScreen

        self.push_screen(SettingsScreen())

    def action_help(self) -> None:
        """Show the keys."""
        from rachel_tui.screens.help import HelpScreen
        from rachel_tui.screens.offers import offers_of

        cards = self.focused is not None and self.focused.id == "hand"
        self.push_screen(HelpScreen(offers_of(self.screen), cards=cards))

    def action_command_palette(self) -> None:
        """Show what can be done here, to be found by its name."""
        from rachel_tui.screens.commands import CommandsScreen
        from rachel_tui.screens.offers import offers_of

        self.push_screen(CommandsScreen(offers_of(self.screen)), self._do)

    async def _do(self, command: Offer | None) -> None:
        if command is not None and command.act is not None:
            done = command.act()
            if done is not None:
                await done

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let colons be typed, and show no commands where there is no room for them."""
        if action != "command_palette":
            return super().check_action(action, parameters)
        from rachel_tui.screens.obstacles import TooSmallScreen

        return not isinstance(self.focused, Input) and not isinstance(self.screen, TooSmallScreen)
