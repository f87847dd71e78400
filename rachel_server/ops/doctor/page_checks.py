"""Checks of a page's headers: its Content-Security-Policy and cookies."""

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlsplit

from rachel_server.ops.doctor.deployment import Deployment
from rachel_server.ops.doctor.finding import Finding, passed
from rachel_server.ops.doctor.visit import Answer

_NONCE: Final = re.compile(r"'nonce-([^']+)'")
_LAX: Final = frozenset({"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:", "data:"})
"""Sources in a policy that allow other people's scripts."""
_OURS: Final = "let Rachel's own Content-Security-Policy and pages through the proxy unchanged"


def policy(deployment: Deployment, first: Answer, second: Answer) -> Finding:
    """Tell whether a page's policy allows the page's own scripts and styles only.

    Args:
        deployment: what is examined.
        first: a page.
        second: the same page, fetched again.
    """
    wrong = _wrong_policy(first, second)
    if wrong:
        return deployment.grave("CSP", wrong, _OURS)
    if _NONCE.search(_header(first)):
        return passed("CSP", "every script and style has the nonce, which is new each time")
    return passed("CSP", "scripts and styles by nonce only, and there are none")


def cookies(deployment: Deployment, answers: Iterable[Answer]) -> Iterator[Finding]:
    """Tell for each cookie whether scripts or other sites can use it."""
    over_https = urlsplit(deployment.url).scheme == "https"
    seen: dict[str, list[str]] = {}
    for answer in answers:
        for header in answer.headers.get_all("Set-Cookie", ()):
            name, lacks = _cookie(header)
            if not over_https and not deployment.strict and "Secure" in lacks:
                lacks.remove("Secure")  # a browser would not send it back over HTTP
            seen[name] = lacks
    for name, lacks in seen.items():
        if lacks:
            yield deployment.grave(
                "cookies",
                f"{name} is set without {', '.join(lacks)}",
                "let the proxy leave Rachel's cookies alone, and set none of its own",
            )
    if not any(seen.values()):
        yield passed("cookies", ", ".join(seen) or "no cookie was set")


def _wrong_policy(first: Answer, second: Answer) -> str | None:
    """Return what is wrong with a page's policy, or with the page under it; None if nothing is."""
    directives = _directives(_header(first))
    if "default-src" not in directives and "script-src" not in directives:
        return "there is no Content-Security-Policy that says whose scripts run"
    nonces = set()
    page = _Tags()
    page.feed(first.text)
    for tag, directive in (("script", "script-src"), ("style", "style-src")):
        sources = directives.get(directive, directives.get("default-src", []))
        if lax := _LAX.intersection(sources):
            return f"{directive} allows {', '.join(sorted(lax))}"
        allowed = {found[1] for source in sources if (found := _NONCE.fullmatch(source))}
        nonces |= allowed
        elsewhere = len(allowed) < len(sources)  # files may be allowed by where they are
        for nonce, is_file in page.tags[tag]:
            if nonce not in allowed and not (is_file and elsewhere):
                return f"a <{tag}> of the page lacks the policy's nonce"
    if nonces & set(_NONCE.findall(_header(second))):
        return "the nonce is always the same, so that anybody can know it"
    return None


class _Tags(HTMLParser):
    """Collects the scripts and styles of a page: the nonce of each, and whether it is a file."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: dict[str, list[tuple[str | None, bool]]] = {"script": [], "style": []}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.tags:
            values = dict(attrs)
            self.tags[tag].append((values.get("nonce"), bool(values.get("src"))))


def _header(answer: Answer) -> str:
    return ", ".join(answer.headers.get_all("Content-Security-Policy", ()))


def _directives(policy: str) -> dict[str, list[str]]:
    """Return the sources by directive; of a repeated directive the first one counts."""
    directives: dict[str, list[str]] = {}
    for part in policy.split(";"):
        name, *sources = part.split() or [""]
        directives.setdefault(name.lower(), sources)
    return directives


def _cookie(header: str) -> tuple[str, list[str]]:
    """Return the name of a cookie and the attributes it lacks."""
    first, *parts = header.split(";")
    attributes = {}
    for part in parts:
        name, _, value = part.partition("=")
        attributes[name.strip().lower()] = value.strip().lower()
    lacks = [name for name in ("Secure", "HttpOnly") if name.lower() not in attributes]
    if attributes.get("samesite") not in {"lax", "strict"}:
        lacks.append("SameSite")
    return first.partition("=")[0].strip(), lacks
