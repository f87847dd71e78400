"""Headers against misuse in browsers, private cookies, and the redirect from HTTP to HTTPS."""

import re
import secrets
from hashlib import sha256
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler
from itsdangerous import TimestampSigner

from rachel_server.http import health_page, metrics_page
from rachel_server.http.clients import CLIENT
from rachel_server.http.context import CONTEXT
from rachel_server.http.errors import ApiError
from rachel_server.ops.settings import ServerSettings

NONCE: Final = web.RequestKey("NONCE", str)
"""The ``nonce`` attribute of a page's own ``<style>`` and ``<script>``, new for each request."""

_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # no-referrer would hide the Origin of our own forms
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_CSP: Final = (
    "default-src 'none'; {nonce}connect-src 'self'; font-src 'self'; img-src 'self' data:; "
    "require-trusted-types-for 'script'; trusted-types 'none'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
SECURE_PREFIX: Final = "__Host-"
"""What begins the name of a cookie that only HTTPS, and no other host of the domain, can set."""

_HSTS: Final = "max-age=31536000"

_HOST: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})")
_PLAIN_PATHS: Final = health_page.PATHS | {metrics_page.PATH}
"""Paths that machines inside the network request by plain HTTP and by the server's address."""


def fresh_nonce() -> str:
    """Return a new nonce."""
    return secrets.token_urlsafe(16)


def add_security_headers(
    answer: web.StreamResponse, *, nonce: str | None = None, strict_transport: bool = False
) -> None:
    """Add the headers that every answer carries.

    Args:
        answer: the answer, before its headers are sent.
        nonce: the nonce of allowed scripts and styles; None to allow none.
        strict_transport: whether to tell browsers to use HTTPS only from now on.
    """
    headers = answer.headers
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    allowed = f"script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; " if nonce else ""
    headers.setdefault("Content-Security-Policy", _CSP.format(nonce=allowed))
    headers.setdefault("Cache-Control", "no-store")
    if strict_transport:
        headers["Strict-Transport-Security"] = _HSTS
    headers["Server"] = "Rachel"  # aiohttp would name its version, which helps attackers


async def secure_answer(request: web.Request, answer: web.StreamResponse) -> None:
    """Add these headers to an answer; aiohttp calls this before it sends the headers."""
    client = request.get(CLIENT)
    production = request.app[CONTEXT].settings.production
    add_security_headers(
        answer,
        nonce=request.get(NONCE),
        strict_transport=production and client is not None and client.secure,
    )


@web.middleware
async def require_https(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Redirect requests over plain HTTP to HTTPS, in production."""
    settings = request.app[CONTEXT].settings
    if not settings.production or request[CLIENT].secure or request.path in _PLAIN_PATHS:
        return await handler(request)
    host = _public_host(request, settings)
    if host is None:
        raise ApiError(400, "https_required", "Use HTTPS.")
    # 308: the method stays what it was, and a form that was posted is posted again.
    raise web.HTTPPermanentRedirect(settings.https_url(host) + request.rel_url.raw_path_qs)


def signer(request: web.Request, salt: bytes) -> TimestampSigner:
    """Return what signs with SECRET_KEY_BASE, for one purpose that ``salt`` names."""
    key = request.app[CONTEXT].settings.secret_key_base
    assert key is not None
    return TimestampSigner(key.reveal(), salt, key_derivation="hmac", digest_method=sha256)


def set_private_cookie(
    request: web.Request, answer: web.StreamResponse, name: str, value: str, *, max_age_s: int
) -> None:
    """Set a cookie that scripts cannot read and other sites cannot use.

    Over HTTPS it is another one, `SECURE_PREFIX` and its name: browsers do not let plain HTTP
    replace a secure cookie, and so a login by HTTPS would rule out every later one without.
    """
    answer.set_cookie(
        _cookie_name(request, name),
        value,
        max_age=max_age_s,
        path="/",
        secure=request[CLIENT].secure,
        httponly=True,
        samesite="Lax",
    )


def private_cookie(request: web.Request, name: str) -> str:
    """Return the value of such a cookie, empty without one."""
    return request.cookies.get(_cookie_name(request, name), "")


def _cookie_name(request: web.Request, name: str) -> str:
    return SECURE_PREFIX + name if request[CLIENT].secure else name


def _public_host(request: web.Request, settings: ServerSettings) -> str | None:
    """Return the host for HTTPS: RACHEL_HOST, else the request's own if it is well formed."""
    if settings.public_host != "localhost":
        return settings.public_host
    host = request.headers.get("Host", "").partition(":")[0]
    return host if _HOST.fullmatch(host) else None
