"""A person at the page of a table, who knows no more than the accessible names of what is there."""

import re

from playwright.async_api import Page, expect

GAME_MS = 60_000
"""What takes longer than this will never happen."""


class BrowserPlayer:
    """One person at a browser.

    Attributes:
        page: their page.
        story: the log of the game.
        status: whose turn it is.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(GAME_MS)
        self.story = page.get_by_role("log", name="Story")
        self.status = page.get_by_role("status")
        self._hand = page.get_by_role("region", name="Your hand")
        self._act = page.locator("#turn").get_by_role(
            "button", name=re.compile("^(Play|Draw|Wait|Pick|Choose)")
        )

    async def sit_down(self, url: str, name: str) -> None:
        """Open a table's page and sit down."""
        await self.page.goto(url)
        await self.page.get_by_label("Your name").fill(name)
        await self.page.get_by_role("button", name="Sit down").click()
        await expect(self.story).to_contain_text("You have a seat", timeout=GAME_MS)

    async def until_somebody_acts(self, whose: str = "^Your turn|is to act|is over") -> str:
        """Wait for somebody's turn or the end; return what is said of it."""
        await expect(self.status).to_have_text(re.compile(whose), timeout=GAME_MS)
        return await self.status.inner_text()

    async def until_turn_or_end(self) -> bool:
        """Wait; tell whether it is their turn."""
        said = await self.until_somebody_acts("^Your turn|The game is over")
        return said.startswith("Your turn")

    async def act(self) -> None:
        """Do what the page offers: the first card that fits, or a draw."""
        await self.choose()
        await self.confirm()

    async def choose(self) -> None:
        """Pick the first card that fits and all others of its rank, and a suit if one is due."""
        if not (await self._act.inner_text()).startswith("Draw"):
            for card in await self._hand.locator("button:not([aria-description])").all():
                await card.click()
                if await self._act.inner_text() != "Pick a card":
                    rank = (await card.locator(".unseen").inner_text()).split()[0]
                    others = self._hand.get_by_role("button", name=f"{rank} of", pressed=False)
                    while await others.count():
                        await others.last.click()
                    break
                await card.click()
        if await self._act.inner_text() == "Choose a suit":
            await self.page.get_by_role("button", name="Spades", exact=True).click()
        await expect(self._act).to_have_text(re.compile("^(Play .* of|Draw)"))

    async def choice(self) -> tuple[str, list[str], list[str]]:
        """Return what would be done now, the cards held, and what is pressed."""
        pressed = self.page.locator("#turn").get_by_role("button", pressed=True)
        return await self._act.inner_text(), await self.hand(), await pressed.all_text_contents()

    async def confirm(self) -> None:
        """Do what the button says, and wait until it is done."""
        await self.mark_story()
        await self._act.click()
        await self.until_news()

    async def mark_story(self) -> None:
        """Mark where the story ends now; lines cannot be counted, since the oldest ones go."""
        await self.story.locator("p").last.evaluate("line => line.dataset.read = ''")

    async def until_news(self) -> None:
        """Wait until something is told behind the mark."""
        await expect(self.story.locator("p:last-child:not([data-read])")).to_be_attached(
            timeout=GAME_MS
        )

    async def play(self) -> None:
        """Play to the end."""
        while await self.until_turn_or_end():
            await self.act()
        await expect(self.page.get_by_role("button", name="Play again")).to_be_visible()

    async def hand(self) -> list[str]:
        """Return the names of the cards held."""
        return await self._hand.get_by_role("button").locator(".unseen").all_text_contents()
