"""What a first visit to a table's page costs, in the system's Chromium on this machine.

Everything that `/t/CODE` loads, how soon it can be used, and how soon after the socket's opening
the first card is seen, where bots take the other seats at once. Then, where they take them a second
later, whether anything on the page jumps while the cards are dealt. Exits with 1 when a bar is
missed.

    python benchmarks/first_card.py
    python benchmarks/first_card.py --rounds 20
"""

import argparse
import asyncio
import shutil
import sys
from dataclasses import dataclass
from itertools import count
from statistics import median
from typing import Final

from measured_process import rachel_server
from playwright.async_api import Page, Response, ViewportSize, async_playwright

BYTES_MAX: Final = 60_000
FIRST_CARD_MS: Final = 300.0
SIZES: Final = {
    "phone": ViewportSize(width=390, height=844),
    "phone, landscape": ViewportSize(width=844, height=390),
    "desk": ViewportSize(width=1440, height=900),
}
_SERVED: Final = ("--seats", "4", "--turn-time", "60")
_SETTLE_MS: Final = 300.0
_PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS: Final = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
_WATCH: Final = """
window.seen = {jumps: 0, jumped: []};
seen.dealt = new Promise((resolve) => {
  const Real = WebSocket;
  WebSocket = class extends Real {
    constructor(...args) {
      super(...args);
      this.addEventListener("open", () => { seen.opened ??= performance.now(); });
    }
  };
  new MutationObserver((_, observer) => {
    if (!document.querySelector("#hand:not([hidden]) .card")) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - seen.opened)));
  }).observe(document, {subtree: true, childList: true, attributes: true});
});
new PerformanceObserver((list) => {
  for (const shift of list.getEntries().filter((it) => !it.hadRecentInput)) {
    seen.jumps += shift.value;
    seen.jumped.push(...shift.sources.map(({node}) => node?.id || node?.nodeName));
  }
}).observe({type: "layout-shift", buffered: true});
"""
"""Notes how long a card of the hand takes from the socket's opening until it is painted, and what
jumps that nobody has clicked on."""
_USABLE: Final = """() => Math.max(
    performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd,
    performance.getEntriesByName("first-contentful-paint")[0].startTime)"""


@dataclass(frozen=True, slots=True)
class Visit:
    """One first visit.

    Attributes:
        bytes: of everything that was loaded, not compressed.
        transferred: the same as it came, with the answers' headers.
        requests: how many there were.
        usable_ms: from the navigation until the page is painted and its scripts have run.
        card_ms: from the socket's opening to the first card that is painted.
        jumps: the cumulative layout shift, at a table whose cards are dealt a second later.
        jumped: what jumped there.
    """

    bytes: int
    transferred: int
    requests: int
    usable_ms: float
    card_ms: float
    jumps: float
    jumped: list[str]


def main() -> None:
    """Measure, print, and judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9, help="visits of each size  [default: 9]")
    options = parser.parse_args()
    sys.exit(not asyncio.run(_measure(options.rounds)))


async def _measure(rounds: int) -> bool:
    """Print the medians for each size; tell whether they are within the bars."""
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        sys.exit("There is no Chromium: run scripts/need-chromium.")
    is_good, rooms = True, count()
    print("size               bytes  transferred  requests  usable ms  first card ms  layout shift")
    at_once, later = ((*_SERVED, "--start-delay", delay) for delay in ("0", "1"))
    with rachel_server(*at_once) as quick, rachel_server(*later) as slow:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
            for size, viewport in SIZES.items():
                visits = []
                for _ in range(rounds):
                    room = f"ROOM{next(rooms)}"
                    urls = [f"http://127.0.0.1:{it.http_port}/t/{room}" for it in (quick, slow)]
                    async with await browser.new_context(viewport=viewport) as context:
                        visits.append(await _visit(await context.new_page(), *urls))
                is_good &= _report(size, visits)
            await browser.close()
    return is_good


def _report(size: str, visits: list[Visit]) -> bool:
    """Print a line; tell whether it is within the bars."""
    size_bytes, card_ms = max(visit.bytes for visit in visits), median(v.card_ms for v in visits)
    jumps = max(visit.jumps for visit in visits)
    print(
        f"{size:16} {size_bytes:7} {max(v.transferred for v in visits):12}"
        f" {max(v.requests for v in visits):9} {median(v.usable_ms for v in visits):10.0f}"
        f" {card_ms:14.0f} {jumps:13.4f}",
        flush=True,
    )
    if jumps:
        print("  jumped:", ", ".join(sorted({it for visit in visits for it in visit.jumped})))
    return size_bytes <= BYTES_MAX and card_ms < FIRST_CARD_MS and not jumps


async def _visit(page: Page, quick: str, slow: str) -> Visit:
    """Come to two tables, and be dealt cards there: at once, and a second after sitting down."""
    await page.add_init_script(_WATCH)
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    transferred = await _count_transferred(page)
    await page.goto(quick, wait_until="networkidle")
    sizes = [len(await answer.body()) for answer in answers]
    loaded = sum(sizes), sum(transferred), len(sizes)
    usable_ms = await page.evaluate(_USABLE)
    card_ms = await _sit_down(page)
    await page.goto(slow, wait_until="networkidle")
    await _sit_down(page)
    await page.wait_for_timeout(_SETTLE_MS)
    seen = await page.evaluate("seen")
    return Visit(*loaded, usable_ms, card_ms, seen["jumps"], seen["jumped"])


async def _sit_down(page: Page) -> float:
    """Sit down; return after how many milliseconds the first card was seen."""
    await page.get_by_role("button", name="Sit down").click()
    return float(await page.evaluate("seen.dealt"))


async def _count_transferred(page: Page) -> list[int]:
    """Return a list to which the bytes of every answer are added as they came."""
    transferred: list[int] = []
    session = await page.context.new_cdp_session(page)
    session.on("Network.loadingFinished", lambda it: transferred.append(it["encodedDataLength"]))
    await session.send("Network.enable")
    return transferred


if __name__ == "__main__":
    main()
