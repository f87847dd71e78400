"""Every command of the screen below, found by its name."""

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, LoadingIndicator

from rachel_tui.screens.offers import Offer, offers_of


class CommandsScreen(CommandPalette):
    """Textual's command palette with our commands and in our look; it is quiet between keys."""

    def __init__(self) -> None:
        super().__init__([_Commands], placeholder="a few letters of a command")

    def on_mount(self) -> None:
        """Keep the cursor steady and the indicator still, so that nothing is sent between keys."""
        self.query_one(Input).cursor_blink = False
        self.query_one(LoadingIndicator).auto_refresh = None
        panel = self.query_one("#--container", Vertical)
        panel.border_title = "Commands"
        panel.border_subtitle = "↑↓ choose · enter · esc back"


class _Commands(Provider):
    """Finds what can be done at the screen below the palette."""

    async def discover(self) -> Hits:
        """Yield everything."""
        for offer in offers_of(self.screen):
            if offer.act is not None:
                yield DiscoveryHit(_drawn(offer, Content(offer.text)), offer.act, text=offer.text)

    async def search(self, query: str) -> Hits:
        """Yield what is like ``query``."""
        matcher = self.matcher(query)
        for offer in offers_of(self.screen):
            score = matcher.match(offer.text)
            if score > 0 and offer.act is not None:
                shown = _drawn(offer, matcher.highlight(offer.text))
                yield Hit(score, shown, offer.act, text=offer.text)


def _drawn(offer: Offer, text: Content) -> Content:
    return Content.assemble((f"{offer.keys:<10} ", "$caret"), text)
