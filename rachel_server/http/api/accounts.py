"""Accounts: registration, export and deletion."""

from typing import Final

from rachel_server.http.api.endpoint import Call, Model, endpoint
from rachel_server.http.api.fields import Email, IsoTime, LinkToken, NewPassword, Username
from rachel_server.http.api.problems import Problem
from rachel_server.http.rate_limits import (
    CHANGES,
    EXPORTS,
    LINKS,
    REGISTRATIONS,
    account_key,
    link_key,
    name_key,
)

_MAIL_SENT: Final = "If that address is yours, a mail there says how to go on."
_NO_MAIL: Final = "This server sends no mail: its host has the link, so ask them for it."


class NewAccount(Model):
    """An account to be."""

    username: Username
    email: Email
    password: NewPassword


class Message(Model):
    """A line for the person who uses the program."""

    message: str


class Link(Model):
    """The token of the link in a mail."""

    token: LinkToken


class Confirmed(Model):
    """An account that has come to be."""

    username: str


class OwnPassword(Model):
    """The password of who is logged in, who must know it still."""

    password: str


class ExportedAccount(Model):
    """The account itself."""

    username: str
    email: str
    created_at: IsoTime
    rating: int
    rated_games: int


class ExportedSession(Model):
    """Somewhere the account is logged in."""

    created_at: IsoTime
    last_used_at: IsoTime
    expires_at: IsoTime
    user_agent: str


class ExportedKey(Model):
    """An SSH key that opens the account."""

    fingerprint: str
    kind: str
    added_at: IsoTime
    last_used_at: IsoTime


class ExportedGame(Model):
    """A finished game, with the name that was shown there; null is what was not kept."""

    game: str
    started_at: IsoTime
    finished_at: IsoTime
    name: str
    seats: int
    place: int
    cards_left: int | None
    attack_dealt: int | None
    attack_taken: int | None
    rating_before: int | None
    rating_after: int | None


class ExportedUnfinishedGame(Model):
    """A game that has no result, or none yet."""

    game: str
    started_at: IsoTime
    name: str


class Export(Model):
    """Everything stored of an account, but for hashes of its password and tokens."""

    account: ExportedAccount
    sessions: tuple[ExportedSession, ...]
    ssh_keys: tuple[ExportedKey, ...]
    games: tuple[ExportedGame, ...]
    unfinished_games: tuple[ExportedUnfinishedGame, ...]


@endpoint(
    "POST",
    "/accounts",
    Problem.USERNAME_INVALID,
    Problem.EMAIL_INVALID,
    Problem.PASSWORD_INVALID,
    Problem.USERNAME_TAKEN,
    Problem.BUSY,
    status=202,
    limit=REGISTRATIONS.per_address,
)
async def register(call: Call, body: NewAccount) -> Message:
    """Register: send a mail whose link confirms the address, within three days.

    The answer is the same whether or not the address has an account already; its owner hears of it.
    """
    call.spend(REGISTRATIONS.per_account, name_key(body.email))
    registration = call.context.accounts.registration
    await registration.register(body.username, body.email, body.password)
    return mailed(call, _MAIL_SENT)


@endpoint(
    "POST",
    "/accounts/confirm",
    Problem.LINK_INVALID,
    Problem.USERNAME_TAKEN,
    Problem.EMAIL_TAKEN,
    status=201,
    limit=LINKS.per_address,
)
async def confirm_account(call: Call, body: Link) -> Confirmed:
    """Confirm an e-mail address with the token of the mail: this makes the account."""
    call.spend(LINKS.per_account, link_key(body.token))
    account = await call.context.accounts.registration.confirm(body.token)
    return Confirmed(username=account.username)


@endpoint("GET", "/account/export", login=True, limit=EXPORTS.per_address)
async def export_account(call: Call) -> Export:
    """Export everything that is stored of the account."""
    call.spend(EXPORTS.per_account, account_key(call.account.id))
    return Export.model_validate(await call.context.accounts.export(call.account))


@endpoint(
    "DELETE",
    "/account",
    Problem.WRONG_PASSWORD,
    Problem.BUSY,
    status=204,
    login=True,
    limit=CHANGES.per_address,
)
async def delete_account(call: Call, body: OwnPassword) -> None:
    """Delete the account for good. Its games stay, without its name."""
    call.spend(CHANGES.per_account, account_key(call.account.id))
    await call.context.accounts.delete(call.account, body.password)


def mailed(call: Call, message: str) -> Message:
    """Return what somebody hears who asked for a mail, if need be that there is none."""
    return Message(message=message if call.context.settings.sends_mail else _NO_MAIL)


ENDPOINTS: Final = [register, confirm_account, export_account, delete_account]
