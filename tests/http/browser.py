"""A browser without a screen: it follows links and redirects, fills forms in, keeps cookies.

What it sends with a form it has from the page alone, as it came over the wire.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from html.parser import HTMLParser
from typing import Final, NamedTuple
from urllib.parse import urlencode, urljoin, urlsplit

import aiohttp
from accounts_harness import PASSWORD
from http_server import DEADLINE_S, HttpServer
from yarl import URL

ACCEPT: Final = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
FORM_TYPE: Final = "application/x-www-form-urlencoded"

_REDIRECTS_MAX: Final = 5
_VOID: Final = {"input", "meta", "link", "br"}
_UNSEEN: Final = {"style", "script", "title"}


class Form(NamedTuple):
    """A form of a page: where it goes, and what its fields hold."""

    action: str
    method: str
    fields: dict[str, str]


class Page(HTMLParser):
    """A page as a browser understands it.

    Attributes:
        status: of the answer.
        path: where the browser is now, with what follows the question mark.
        headers: of the answer.
        source: its HTML.
        tags: each tag with its attributes.
        forms: in order.
        links: where they lead.
        text: what can be read, in one line.
    """

    def __init__(self, status: int, path: str, headers: Mapping[str, str], source: str) -> None:
        super().__init__()
        self.status, self.path, self.headers, self.source = status, path, headers, source
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.title = ""
        self._open: list[str] = []
        self._words: list[str] = []
        self.feed(source)
        self.close()
        assert not self._open, f"never closed: {self._open}"

    @property
    def text(self) -> str:
        """What can be read, in one line."""
        return " ".join(" ".join(self._words).split())

    def form(self, action: str) -> Form:
        """Return the form that goes to a path."""
        (found,) = [form for form in self.forms if form.action == action]
        return found

    def tag(self, name: str, /, **attributes: str) -> dict[str, str]:
        """Return the attributes of the only tag with this name and these attributes."""
        (found,) = [
            have for tag, have in self.tags if tag == name and attributes.items() <= have.items()
        ]
        return found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        assert len(attributes) == len(attrs), f"an attribute twice: {attrs}"
        self.tags.append((tag, attributes))
        if tag == "form":
            self.forms.append(Form(attributes["action"], attributes["method"], {}))
        elif tag == "input":
            self.forms[-1].fields[attributes["name"]] = attributes.get("value", "")
        elif tag == "a":
            self.links.append(attributes["href"])
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "title":
            self.title += data
        if not _UNSEEN & set(self._open):
            self._words.append(data)


class Browser:
    """A browser at a server.

    Attributes:
        redirects: the statuses of the redirects on the way to the last page.
    """

    def __init__(self, served: HttpServer, session: aiohttp.ClientSession) -> None:
        self._served = served
        self._session = session
        self.redirects: list[int] = []

    @property
    def cookies(self) -> dict[str, str]:
        """What it keeps for the server."""
        kept = self._session.cookie_jar.filter_cookies(URL(self._served.url))
        return {name: cookie.value for name, cookie in kept.items()}

    def plant(self, name: str, value: str) -> None:
        """Put a cookie into it, as somebody with access to a part of the domain could."""
        self._session.cookie_jar.update_cookies({name: value}, URL(self._served.url))

    async def open(self, path: str, **headers: str) -> Page:
        """Go to a page."""
        return await self._go("GET", path, {"Sec-Fetch-Site": "none", **headers})

    async def fetch(self, path: str) -> int:
        """Load something that is no page, such as a file, and return the status."""
        async with self._session.get(self._served.url + path, allow_redirects=False) as answer:
            return answer.status

    async def send(self, page: Page, action: str, **typed: str) -> Page:
        """Send a page's form with something typed into it."""
        form = page.form(action)
        assert form.method == "post"
        return await self.post(action, urlencode(form.fields | typed))

    async def post(self, path: str, body: str | bytes, **headers: str) -> Page:
        """Send a body as if it were a form's."""
        sent = {
            "Content-Type": FORM_TYPE,
            "Origin": self._served.url,
            "Sec-Fetch-Site": "same-origin",
        }
        return await self._go("POST", path, sent | headers, body)

    async def register(self, username: str, password: str = PASSWORD) -> Page:
        """Ask for an account with an address of its own."""
        page = await self.open("/account/register")
        wanted = {"username": username, "email": f"{username}@example.org"}
        return await self.send(page, "/account/register", **wanted, new_password=password)

    async def log_in(self, name: str, password: str = PASSWORD) -> Page:
        """Log in."""
        page = await self.open("/account/login")
        return await self.send(page, "/account/login", name=name, password=password)

    async def _go(
        self, method: str, path: str, headers: dict[str, str], body: str | bytes | None = None
    ) -> Page:
        self.redirects = []
        while True:
            async with self._session.request(
                method,
                self._served.url + path,
                headers={"Accept": ACCEPT, **headers},
                data=body,
                allow_redirects=False,
            ) as answer:
                text = await answer.text()
            if answer.status not in {301, 302, 303, 307, 308}:
                return Page(answer.status, path, answer.headers, text)
            self.redirects.append(answer.status)
            assert len(self.redirects) <= _REDIRECTS_MAX
            assert answer.status == 303  # the only one that makes a GET of a POST for certain
            target = urlsplit(urljoin(self._served.url + path, answer.headers["Location"]))
            assert target.netloc == urlsplit(self._served.url).netloc
            path = target.path + (f"?{target.query}" if target.query else "")
            method, body = "GET", None
            headers = {"Sec-Fetch-Site": "same-origin"}


@asynccontextmanager
async def browser_at(served: HttpServer) -> AsyncIterator[Browser]:
    """Open a browser that has never been anywhere."""
    timeout = aiohttp.ClientTimeout(DEADLINE_S)
    jar = aiohttp.CookieJar(unsafe=True)  # unsafe: servers without a name have cookies, too
    async with aiohttp.ClientSession(cookie_jar=jar, timeout=timeout) as session:
        yield Browser(served, session)
