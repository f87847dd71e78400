"""A person whose browser tells them what is on a page: they have its accessibility tree alone."""

import re
from typing import Any, Final, NamedTuple, Self

from browser_player import GAME_MS
from playwright.async_api import CDPSession, Page, expect

_CARD: Final = re.compile(r"(\w+) of (hearts|diamonds|clubs|spades)")


class Node(NamedTuple):
    """Something in the tree: what it is, what it is called, and what is told of it."""

    id: int
    role: str
    name: str
    description: str
    states: dict[str, Any]

    @property
    def is_pressed(self) -> bool:
        """Whether it is a button that is pressed."""
        return self.states.get("pressed") == "true"


class TreePlayer:
    """A player who reads the tree, goes to what it names, and presses the space bar there."""

    def __init__(self, page: Page, devtools: CDPSession) -> None:
        self.page = page
        self._devtools = devtools

    @classmethod
    async def at(cls, page: Page) -> Self:
        """Return somebody who reads the tree of a page."""
        return cls(page, await page.context.new_cdp_session(page))

    async def tree(self) -> list[Node]:
        """Return what is in the tree, in order."""
        found = await self._devtools.send("Accessibility.getFullAXTree")
        return [
            Node(
                node.get("backendDOMNodeId", 0),
                node["role"]["value"],
                node.get("name", {}).get("value", ""),
                node.get("description", {}).get("value", ""),
                {it["name"]: it["value"].get("value") for it in node.get("properties", ())},
            )
            for node in found["nodes"]
            if not node["ignored"]
        ]

    async def buttons(self, name: str) -> list[Node]:
        """Return the buttons with names like this, in order, that can be pressed."""
        return [
            node
            for node in await self.tree()
            if node.role == "button"
            and re.fullmatch(name, node.name)
            and not node.states.get("disabled")
        ]

    async def press(self, name: str) -> None:
        """Press the only button with such a name."""
        (button,) = await self.buttons(name)
        await self._devtools.send("DOM.focus", {"backendNodeId": button.id})
        await self.page.keyboard.press("Space")

    async def sit_down(self, url: str, name: str) -> None:
        """Open a table's page and sit down."""
        await self.page.goto(url)
        (field,) = [node for node in await self.tree() if node.role == "textbox"]
        assert field.name == "Your name"
        await self._devtools.send("DOM.focus", {"backendNodeId": field.id})
        await self.page.keyboard.type(name)
        await self.press("Sit down")

    async def play(self) -> None:
        """Play to the end."""
        status = self.page.get_by_role("status")
        story = self.page.get_by_role("log", name="Story")
        while True:
            await expect(status).to_have_text(re.compile("^Your turn|is over"), timeout=GAME_MS)
            if await status.inner_text() == "The game is over.":
                return
            told = await story.inner_text()
            await self._act()
            await expect(story).not_to_have_text(told, use_inner_text=True, timeout=GAME_MS)

    async def _act(self) -> None:
        """Draw if that is offered, else play the first card that nothing is said against."""
        if not await self.buttons("Draw.*"):
            for card in await self.buttons(_CARD.pattern):
                if card.description:
                    continue
                await self.press(card.name)
                assert [it.name for it in await self.buttons(_CARD.pattern) if it.is_pressed] == [
                    card.name
                ]
                if await self.buttons("Hearts"):
                    await self.press("Hearts")
                if await self.buttons("Play .*"):
                    break
                await self.press(card.name)
        await self.press("Draw.*|Play .*")
