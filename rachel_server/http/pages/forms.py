"""Forms, and the proof that a form that comes back was on a page of this server.

Each form carries a token that is signed with SECRET_KEY_BASE and bound to the browser, by a private
cookie, and to its session. Another site can neither read that token nor use one of its own.
"""

import re
import secrets
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from aiohttp import web
from itsdangerous import BadSignature, TimestampSigner

from rachel.text import clean_text
from rachel_server.accounts.account import Account
from rachel_server.accounts.errors import AccountError, AccountErrorCode
from rachel_server.accounts.tokens import token_hash
from rachel_server.http.errors import ApiError
from rachel_server.http.login import PROVEN, SESSION_COOKIE, refuse_other_sites
from rachel_server.http.pages.templates import page
from rachel_server.http.security import private_cookie, set_private_cookie, signer

FORM_COOKIE: Final = "rachel_form"
FORM_TOKEN: Final = "form_token"
"""The name of the field with the token."""
FORM_AGE_S: Final = 8 * 3600
"""How long a form may be sent after it was shown."""

_CONTENT_TYPE: Final = "application/x-www-form-urlencoded"
_FIELDS_MAX: Final = 16
_TYPED_BYTES_MAX: Final = 254
_BROWSER: Final = re.compile(r"[A-Za-z0-9_-]{22}")
_SIGNED: Final = b"form"
_BUSY_WAIT_S: Final = "2"

_FIELDS: Final = {
    AccountErrorCode.USERNAME_INVALID: "username",
    AccountErrorCode.USERNAME_TAKEN: "username",
    AccountErrorCode.EMAIL_INVALID: "email",
    AccountErrorCode.PASSWORD_INVALID: "new_password",
    AccountErrorCode.WRONG_PASSWORD: "password",
}
"""The field that each error is shown at."""


def form_page(
    request: web.Request,
    template: str,
    *,
    account: Account | None = None,
    error: AccountError | None = None,
    typed: Mapping[str, str] | None = None,
    **values: object,
) -> web.Response:
    """Return a page with forms in it, as `page` does.

    Args:
        request: what it answers.
        template: its forms begin with the macro ``form`` of ``forms.html``.
        account: who is logged in.
        error: why the form that was sent is refused.
        typed: what was typed into its fields, without passwords, to be shown again.
        values: further values for the template.
    """
    status = 200
    if error is not None:
        status = 503 if error.code is AccountErrorCode.BUSY else 422
    browser = _browser_of(request) or secrets.token_urlsafe(16)
    answer = page(
        request,
        template,
        account=account,
        status=status,
        form_token=_signer(request, browser).sign(_SIGNED).decode("ascii"),
        refusal=None if error is None else str(error),
        wrong_field=None if error is None else _FIELDS.get(error.code),
        typed={name: _harmless(text) for name, text in (typed or {}).items()},
        **values,
    )
    if status == 503:
        answer.headers["Retry-After"] = _BUSY_WAIT_S
    set_private_cookie(request, answer, FORM_COOKIE, browser, max_age_s=FORM_AGE_S)
    return answer


async def read_form(request: web.Request, *names: str) -> list[str]:
    """Return the values of a form's fields, empty for those that are missing.

    Raises:
        ApiError: another site sent it, or it is not a form that this browser was shown lately.
    """
    refuse_other_sites(request)
    if request.content_type != _CONTENT_TYPE:
        raise ApiError(415, "unsupported_media_type", "Send the form of this page.")
    try:
        if (request.charset or "utf-8").lower() != "utf-8":
            raise ValueError(request.charset)
        fields = dict(
            parse_qsl(
                (await request.read()).decode(),
                keep_blank_values=True,
                errors="strict",
                max_num_fields=_FIELDS_MAX,
            )
        )
    except ValueError:
        raise ApiError(400, "bad_request", "The form could not be read.") from None
    if not _is_ours(request, fields.get(FORM_TOKEN, "")):
        raise ApiError(
            403,
            "form_outdated",
            "The form is too old, or cookies are blocked:"
            " go back, reload the form and send it again.",
        )
    request[PROVEN] = True
    return [fields.get(name, "") for name in names]


def _is_ours(request: web.Request, token: str) -> bool:
    """Tell whether this browser was lately shown a form with this token, in this session."""
    browser = _browser_of(request)
    if browser is None:
        return False
    try:
        return _signer(request, browser).unsign(token, max_age=FORM_AGE_S) == _SIGNED
    except BadSignature:
        return False


def _signer(request: web.Request, browser: str) -> TimestampSigner:
    session = token_hash(private_cookie(request, SESSION_COOKIE)) or b""
    return signer(request, b"form\0" + browser.encode("ascii") + session)


def _browser_of(request: web.Request) -> str | None:
    """Return the value of a browser's cookie if this server can have set it, else None."""
    kept = private_cookie(request, FORM_COOKIE)
    return kept if _BROWSER.fullmatch(kept) else None


def _harmless(text: str) -> str:
    return clean_text(text, max_bytes=_TYPED_BYTES_MAX)
