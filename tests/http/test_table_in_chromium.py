"""The table in a real browser: whole games, coming back, two tabs, the keyboard, watching."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from browser_player import BrowserPlayer
from chromium import chromium, complaints_of
from http_server import DEADLINE_S, HOST, HttpServer, http_server
from play_process import play_plainly
from playwright.async_api import (
    Browser,
    Page,
    Response,
    ViewportSize,
    WebSocket,
    WebSocketRoute,
    expect,
)
from rachel_server_process import serving
from relay import relayed
from tcp_player import TcpPlayer
from tree_player import TreePlayer

from rachel.rubp import MessageType, decode_frame
from rachel_server.core.table_settings import TableSettings

PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1440, height=900)
HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
"""Tells a page that it cannot be seen, or can be again: tabs without a screen are never hidden."""


def table(seats: int, **chosen: float | None) -> TableSettings:
    settings = {"start_delay_s": 60.0, "bot_delay_s": 0.0, "turn_time_s": None} | chosen
    return TableSettings(seats=seats, **settings)  # type: ignore[arg-type]


@asynccontextmanager
async def person(browser: Browser, viewport: ViewportSize = PHONE) -> AsyncIterator[BrowserPlayer]:
    """Open a browser of somebody's own, in which nothing may go wrong."""
    async with await browser.new_context(viewport=viewport) as context:
        page = await context.new_page()
        complaints = complaints_of(page)
        yield BrowserPlayer(page)
        assert complaints == []


def url_of(served: HttpServer, room: str = "TEA42") -> str:
    return f"{served.url}/t/{room}"


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
async def test_browsers_a_terminal_and_a_raw_client_play_whole_games(
    tmp_path: Path, viewport: ViewportSize
) -> None:
    raw = TcpPlayer("RAW", room="TEA42")
    async with (
        http_server(tmp_path, table=table(4)) as served,
        chromium() as browser,
        person(browser, viewport) as ann,
        person(browser) as bob,
    ):
        await ann.sit_down(url_of(served), "Ann")
        await bob.sit_down(url_of(served), "Bob")
        port = served.server.rubp_ports[0]
        await raw.connect(port)
        host = (f"{HOST}:{port}", "--room", "TEA42", "--name", "Tom", "--plain")
        terminal = asyncio.to_thread(play_plainly, tmp_path, *host)
        await asyncio.gather(ann.play(), bob.play(), terminal)
        await raw.until_over()
        result = ann.page.get_by_role("region", name="Result")
        await expect(result).to_contain_text("The deal was fair: nobody could change the cards")
        assert await result.get_by_role("listitem").count() >= 4
        async with ann.page.context.expect_page() as opened:
            await result.get_by_role("link", name="Watch the replay").click()
        replay = await opened.value
        await expect(replay.locator("#verdict")).to_contain_text("The deal was fair")
        await replay.close()
        await ann.page.get_by_role("button", name="Play again").click()
        await expect(ann.story).to_contain_text("You have a seat")
        await expect(ann.status).to_contain_text("Waiting")
        await bob.page.get_by_role("button", name="Play again").click()
        await expect(ann.story).to_contain_text("Bob sits down")


@pytest.mark.parametrize("away", ["reload", "another page", "offline"])
async def test_seat_hand_and_choice_come_back_without_a_click(tmp_path: Path, away: str) -> None:
    raw = TcpPlayer("RAW", room="TEA42")
    async with (
        http_server(tmp_path, table=table(2)) as served,
        chromium() as browser,
        await browser.new_context(viewport=PHONE) as context,
    ):
        ann = BrowserPlayer(await context.new_page())
        await ann.sit_down(url_of(served), "Ann")
        await raw.connect(served.server.rubp_ports[0])
        while await ann.until_turn_or_end():
            await ann.choose()
            choice = await ann.choice()
            async with ann.page.expect_websocket():
                if away == "reload":
                    await ann.page.reload()
                elif away == "another page":
                    await ann.page.goto(served.url)
                    await ann.page.go_back()
                else:
                    await context.set_offline(True)
                    await expect(ann.status).to_contain_text("The connection is lost")
                    act = ann.page.get_by_role("button", name=choice[0], exact=True)
                    await expect(act).to_be_disabled()
                    await context.set_offline(False)
            await expect(ann.status).to_contain_text("Your turn")
            assert await ann.choice() == choice
            await ann.confirm()
        await raw.until_over()


class Beats:
    """The links that a page has opened, and its heartbeats on all of them.

    Attributes:
        links: the links, the newest last.
        sent: how many heartbeats the page has sent.
    """

    def __init__(self, page: Page) -> None:
        self.links: list[WebSocket] = []
        self.sent = 0
        self._answers: asyncio.Queue[None] = asyncio.Queue()
        page.on("websocket", self._open)

    async def answered(self) -> None:
        """Wait for the next answer."""
        await asyncio.wait_for(self._answers.get(), DEADLINE_S)

    def _open(self, link: WebSocket) -> None:
        self.links.append(link)
        link.on("framesent", lambda frame: self._heed(frame, is_answer=False))
        link.on("framereceived", lambda frame: self._heed(frame, is_answer=True))

    def _heed(self, frame: str | bytes, *, is_answer: bool) -> None:
        assert isinstance(frame, bytes)
        if decode_frame(frame[:64]).type == MessageType.HEARTBEAT:
            if is_answer:
                self._answers.put_nowait(None)
            else:
                self.sent += 1


async def test_a_link_that_is_dead_while_others_play_is_made_anew(tmp_path: Path) -> None:
    raw = TcpPlayer("RAW", room="TEA42", plays=False)
    clock = "document.getElementById('clock').getAnimations().length"
    async with (
        http_server(tmp_path, table=table(2, turn_time_s=300.0)) as served,
        chromium() as browser,
        await browser.new_context(viewport=PHONE) as context,
    ):
        with relayed(served.port) as relay:
            ann = BrowserPlayer(await context.new_page())
            await ann.page.clock.install()
            beats = Beats(ann.page)
            await raw.connect(served.server.rubp_ports[0])
            await raw.until_seated()
            await ann.sit_down(f"http://{HOST}:{relay.port}/t/TEA42", "Ann")
            await ann.until_somebody_acts("^RAW is to act")
            for _ in range(6):  # nobody says anything for a minute, but the host lives
                await ann.page.clock.fast_forward(10_000)
                await beats.answered()
            assert len(beats.links) == 1
            assert await ann.page.evaluate(clock) == 1
            relay.swallows = True
            await ann.page.clock.fast_forward(25_000)
            await expect(ann.status).to_have_text("The connection is lost: reconnecting.")
            assert await ann.page.evaluate(clock) == 0
            relay.swallows = False  # what began to open meanwhile has been lost, too
            await ann.page.clock.fast_forward(10_000)
            await expect(ann.status).to_have_text("RAW is to act.")
            await ann.page.wait_for_function(f"{clock} == 1")


async def test_a_page_that_is_seen_again_trusts_its_link_when_it_answers(tmp_path: Path) -> None:
    raw = TcpPlayer("RAW", room="TEA42", plays=False)
    async with (
        http_server(tmp_path, table=table(2)) as served,
        chromium() as browser,
        await browser.new_context(viewport=PHONE) as context,
    ):
        with relayed(served.port) as relay:
            ann = BrowserPlayer(await context.new_page())
            await ann.page.clock.install()
            beats = Beats(ann.page)
            await raw.connect(served.server.rubp_ports[0])
            await raw.until_seated()
            await ann.sit_down(f"http://{HOST}:{relay.port}/t/TEA42", "Ann")
            await ann.until_somebody_acts("^RAW is to act")
            await ann.page.evaluate(HIDE, True)
            for _ in range(6):
                await ann.page.clock.fast_forward(10_000)
            assert beats.sent == 0
            await ann.page.evaluate(HIDE, False)
            await beats.answered()
            await ann.page.clock.fast_forward(2_000)
            await expect(ann.status).to_have_text("RAW is to act.")
            assert len(beats.links) == 1
            await ann.page.evaluate(HIDE, True)
            relay.swallows = True
            await ann.page.evaluate(HIDE, False)
            await ann.page.clock.fast_forward(1_000)
            assert len(beats.links) == 1
            relay.swallows = False
            async with ann.page.expect_websocket():
                await ann.page.clock.fast_forward(1_000)
            await expect(ann.status).to_have_text("RAW is to act.")


async def test_who_is_away_is_told_once_however_often_we_come_back(tmp_path: Path) -> None:
    raw, bob = (TcpPlayer(name, room="TEA42", plays=False) for name in ("RAW", "BOB"))
    gone = re.compile("^BOB lost the connection.$")
    async with (
        http_server(tmp_path, table=table(3)) as served,
        chromium() as browser,
        await browser.new_context(viewport=PHONE) as context,
    ):
        ann = BrowserPlayer(await context.new_page())
        for player in (raw, bob):
            await player.connect(served.server.rubp_ports[0])
            await player.until_seated()
        await ann.sit_down(url_of(served), "Ann")
        await ann.until_somebody_acts("^RAW is to act")
        bob.cut()
        await expect(ann.story.locator("p").filter(has_text=gone)).to_have_count(1)
        async with ann.page.expect_websocket():
            await context.set_offline(True)
            await expect(ann.status).to_contain_text("The connection is lost")
            await context.set_offline(False)
        await expect(ann.status).to_have_text("RAW is to act.")
        raw.act()
        await expect(ann.story).to_contain_text(re.compile("RAW (plays|draws)"))
        await expect(ann.story.locator("p").filter(has_text=gone)).to_have_count(1)
        await ann.page.reload()  # which forgets all
        await expect(ann.story.locator("p").filter(has_text=gone)).to_have_count(1)


async def test_a_page_that_is_older_than_its_host_says_so_and_leaves(tmp_path: Path) -> None:
    raw = TcpPlayer("RAW", room="TEA42", plays=False)

    def newer(message: str | bytes) -> bytes:
        assert isinstance(message, bytes)
        frames = [bytearray(message[at : at + 64]) for at in range(0, len(message), 64)]
        for frame in frames:
            if frame[5] == MessageType.WELCOME:
                frame[22:24] = (2).to_bytes(2, "big")
        return b"".join(frames)

    def between(page: WebSocketRoute) -> None:
        host = page.connect_to_server()
        host.on_message(lambda message: page.send(newer(message)))

    async with (
        http_server(tmp_path, table=table(3)) as served,
        chromium() as browser,
        person(browser) as ann,
    ):
        await raw.connect(served.server.rubp_ports[0])
        await raw.until_seated()
        await ann.page.route_web_socket("**/ws", between)
        await ann.page.goto(url_of(served))
        await ann.page.get_by_label("Your name").fill("Ann")
        await ann.page.get_by_role("button", name="Sit down").click()
        await expect(ann.page.get_by_role("alert")).to_have_text(
            "The host plays by version 2 of the rules, this page knows version 1: reload it."
        )
        await raw.until(lambda it: "Ann has left" in it.announcements, "word that Ann has left")


async def test_of_two_tabs_the_newer_one_plays(tmp_path: Path) -> None:
    raw = TcpPlayer("RAW", room="TEA42")
    async with (
        http_server(tmp_path, table=table(2)) as served,
        chromium() as browser,
        person(browser) as ann,
    ):
        await ann.sit_down(url_of(served), "Ann")
        await raw.connect(served.server.rubp_ports[0])
        assert await ann.until_turn_or_end()
        kept = await ann.page.evaluate("JSON.stringify(sessionStorage)")
        other = BrowserPlayer(await ann.page.context.new_page())
        await other.page.goto(served.url)
        await other.page.evaluate("(kept) => Object.assign(sessionStorage, JSON.parse(kept))", kept)
        await other.page.goto(url_of(served))
        assert await other.until_turn_or_end()
        await expect(ann.page.get_by_role("alert")).to_have_text("You play elsewhere now.")
        assert await ann.page.get_by_role("button", name="Sit down").is_visible()
        await other.play()
        await ann.page.get_by_role("button", name="Sit down").click()
        await expect(ann.status).to_have_text("The game is over.")


async def test_who_waits_may_start_now_and_who_leaves_is_not_waited_for(tmp_path: Path) -> None:
    raw = TcpPlayer("RAW", room="TEA42", plays=False)
    async with (
        http_server(tmp_path, table=table(3)) as served,
        chromium() as browser,
        person(browser) as ann,
    ):
        await ann.sit_down(url_of(served), "Ann")
        await raw.connect(served.server.rubp_ports[0])
        await raw.until_seated()
        await ann.page.get_by_role("button", name="Start now").click()
        assert await ann.until_turn_or_end()
        await ann.page.get_by_role("button", name="Leave").click()
        await raw.until(lambda it: "Ann has left" in it.announcements, "word that Ann has left")


async def test_a_button_that_is_pressed_twice_asks_once(tmp_path: Path) -> None:
    twice = "button => { button.click(); button.click(); }"
    async with (
        http_server(tmp_path, table=table(2)) as served,
        chromium() as browser,
        person(browser) as ann,
    ):
        hellos: list[bytes] = []
        started: list[str] = []

        def heed(frame: str | bytes) -> None:
            if isinstance(frame, bytes) and decode_frame(frame).type == MessageType.HELLO:
                hellos.append(frame)

        ann.page.on("websocket", lambda socket: socket.on("framesent", heed))
        ann.page.on(
            "request", lambda it: started.append(it.url) if it.url.endswith("/start") else None
        )
        await ann.sit_down(url_of(served), "Ann")
        await ann.page.get_by_role("button", name="Start now").evaluate(twice)
        await ann.play()
        assert (len(hellos), len(started)) == (1, 1)
        await ann.page.get_by_role("button", name="Play again").evaluate(twice)
        await ann.page.get_by_role("button", name="Start now").click()
        assert await ann.until_turn_or_end()
        assert len(hellos) == 2
        assert await ann.page.get_by_text("It could not begin now").count() == 0
        await ann.page.reload()
        await expect(ann.story).to_contain_text("You are back at your seat")


async def test_a_killed_server_gives_the_game_back(tmp_path: Path) -> None:
    raw = TcpPlayer("RAW", room="TEA42")
    options = ("--seats", "2", "--start-delay", "60")
    async with chromium() as browser, await browser.new_context() as context:
        page = await context.new_page()
        ann = BrowserPlayer(page)
        async with serving(tmp_path, *options) as served:
            ports = json.loads(await asyncio.to_thread((tmp_path / "ports.json").read_text))
            (rubp,), (http,) = ports["rubp"], ports["http"]
            await ann.sit_down(f"http://127.0.0.1:{http}/t/TEA42", "Ann")
            await raw.connect(rubp)
            assert await ann.until_turn_or_end()
            await ann.act()
            assert await ann.until_turn_or_end()
            hand = await ann.hand()
            served.process.kill()
        await expect(ann.status).to_contain_text("The connection is lost")
        async with serving(tmp_path, *options, "--port", str(http)) as served:
            await expect(ann.status).to_contain_text("Your turn")
            assert await ann.hand() == hand
            await raw.connect(served.ports[0])
            await ann.play()
            await raw.until_over()


async def test_a_game_with_the_keyboard_alone(tmp_path: Path) -> None:
    async with (
        http_server(tmp_path, table=table(2, start_delay_s=0.0)) as served,
        chromium() as browser,
        person(browser, DESK) as ann,
    ):
        keyboard, page = ann.page.keyboard, ann.page
        await page.goto(url_of(served))
        await page.get_by_label("Your name").focus()
        await keyboard.type("Ann")
        await keyboard.press("Enter")
        while await ann.until_turn_or_end():
            await ann.mark_story()
            if "draw" in await ann.status.inner_text():
                await keyboard.press("d")
            else:
                await keyboard.press("ArrowRight")
                for _ in await ann.hand():
                    if await page.evaluate("document.activeElement.ariaDescription") is None:
                        await keyboard.press(" ")
                        if await page.get_by_role("button", name="Hearts", exact=True).is_visible():
                            await page.get_by_role("button", name="Hearts", exact=True).focus()
                            await keyboard.press(" ")
                            await page.get_by_role("button", name=re.compile("^Play ")).focus()
                        if await page.get_by_role("button", name=re.compile("^Play ")).count():
                            break
                        await keyboard.press(" ")
                    await keyboard.press("ArrowRight")
                await keyboard.press("Enter")
            await ann.until_news()
        await expect(page.get_by_role("button", name="Play again")).to_be_visible()


async def test_a_game_from_the_accessibility_tree_alone(tmp_path: Path) -> None:
    async with (
        http_server(tmp_path, table=table(2, start_delay_s=0.0)) as served,
        chromium() as browser,
        person(browser) as ann,
    ):
        reader = await TreePlayer.at(ann.page)
        await reader.sit_down(url_of(served), "Ann")
        await reader.play()
        tree = await reader.tree()
        (status,) = [node for node in tree if node.role == "status"]
        assert status.states["live"] == "polite"
        assert {"Players", "Story", "Result"} <= {node.name for node in tree}
        assert await reader.buttons("Play again")


async def test_watching_shows_no_hand_and_offers_no_move(tmp_path: Path) -> None:
    players = [TcpPlayer("ANN", room="TEA42", plays=False), TcpPlayer("BOB", room="TEA42")]
    async with (
        http_server(tmp_path, table=table(2)) as served,
        chromium() as browser,
        person(browser) as eve,
    ):
        await players[0].connect(served.server.rubp_ports[0])
        await players[0].until_seated()
        await eve.page.goto(url_of(served) + "?watch=1")
        await expect(eve.story).to_contain_text("You are watching")
        await players[1].connect(served.server.rubp_ports[0])
        await expect(eve.status).to_contain_text("ANN is to act")
        players[0].play_on()
        await asyncio.gather(*(player.until_over() for player in players))
        await expect(eve.status).to_have_text("The game is over.")
        assert await eve.hand() == []
        await expect(
            eve.page.get_by_role("button", name=re.compile("^(Play|Draw) "))
        ).to_have_count(0)
        await eve.page.get_by_role("button", name="Sit down").click()
        await eve.page.get_by_label("Your name").fill("Eve")
        await eve.page.get_by_role("button", name="Sit down").click()
        await expect(eve.story).to_contain_text("You have a seat")


async def test_the_page_is_light(tmp_path: Path) -> None:
    async with http_server(tmp_path) as served, chromium() as browser, person(browser) as ann:
        loaded: list[Response] = []
        ann.page.on("response", lambda it: loaded.append(it))
        await ann.page.goto(url_of(served), wait_until="networkidle")
        sizes = {answer.url: len(await answer.body()) for answer in loaded}
    assert sum(sizes.values()) <= 60 * 1024, sizes
    assert all(url.startswith(served.url) for url in sizes)


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
async def test_nothing_jumps_when_the_cards_are_dealt(
    tmp_path: Path, viewport: ViewportSize
) -> None:
    async with (
        http_server(tmp_path, table=table(4, start_delay_s=1.0, turn_time_s=60.0)) as served,
        chromium() as browser,
        person(browser, viewport) as ann,
    ):
        await ann.page.add_init_script(
            """window.jumped = [];
            new PerformanceObserver((list) => {
              const jumps = list.getEntries().filter((it) => !it.hadRecentInput);
              jumped.push(...jumps.flatMap((it) => it.sources.map(({node}) => node?.id ?? "text")));
            }).observe({type: "layout-shift", buffered: true});"""
        )
        await ann.sit_down(url_of(served), "Ann")
        assert await ann.until_turn_or_end()
        painted = "new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
        await ann.page.evaluate(painted)
        assert await ann.page.evaluate("jumped") == []
        clock = "document.getElementById('clock').getAnimations().length"
        assert await ann.page.evaluate(clock) == 1
        await ann.page.reload()  # a page that comes later is told how much of the turn is left
        await expect(ann.status).to_contain_text("Your turn")
        await ann.page.wait_for_function(f"{clock} == 1")
