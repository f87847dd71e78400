"""Endpoints of the API: handlers whose types describe what they take and return.

`endpoint` makes one of an async function. Its parameter ``call`` is the request; ``body`` and
``query``, if it has them, are models against which the request is checked; its return type is the
answer's. ``openapi.json`` is made from the same types, so that it cannot differ.
"""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, get_type_hints

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from rachel_server.accounts.account import Account
from rachel_server.core.limits import RateLimit
from rachel_server.http.api.problems import Problem, as_api_error
from rachel_server.http.clients import CLIENT
from rachel_server.http.context import CONTEXT, HttpContext
from rachel_server.http.errors import ApiError
from rachel_server.http.login import caller_of, seat_token_of

PREFIX: Final = "/api/v1"

PATH_PARAMETERS: Final = {
    "code": ("[A-Za-z0-9]{1,8}", "The room code of a table, in any case."),
    "game": ("[A-Za-z0-9]{1,12}", "The id of a game."),
    "username": ("[A-Za-z0-9_]{3,20}", "The username of a player, in any case."),
}
"""For each ``{name}`` in a path: a regular expression for its value, and what it means."""

_JSON: Final = "application/json"


class Model(BaseModel):
    """A JSON object of the API: it has these fields and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A request to an endpoint.

    Attributes:
        request: the request itself.
        context: the server behind it.
        caller: the account that is logged in; None without one, or if the endpoint does not ask.
    """

    request: web.Request
    context: HttpContext
    caller: Account | None = None

    @property
    def account(self) -> Account:
        """The account that is logged in, for endpoints that require a login."""
        assert self.caller is not None
        return self.caller

    def path(self, name: str) -> str:
        """Return the value of ``{name}`` in the path."""
        return self.request.match_info[name]

    def spend(self, limit: RateLimit, key: str) -> None:
        """Count one use of a limit for ``key``, such as the name of an account.

        Raises:
            RateLimited: the limit is reached.
        """
        self.context.rate_limits.spend(limit, key)


_Handler = Callable[..., Awaitable[Model | str | None]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint, as its handler and `endpoint` describe it.

    Attributes:
        method: of HTTP.
        path: below `PREFIX`, with ``{names}`` of `PATH_PARAMETERS`.
        handler: the function.
        status: the HTTP status of success.
        problems: the errors it may answer with, beside those of every endpoint.
        login: whether it requires a login.
        asks: whether it asks for an optional login.
        seat: whether the token of a seat does instead of a login.
        limit: how often an address may call it, beside the limit on all requests.
        body: the model of the request's body; None for a request without one.
        query: the model of the parameters after the question mark, likewise.
        answer: what it returns, a `Model` or a typed dictionary; None for an answer without a body.
    """

    method: str
    path: str
    handler: _Handler
    status: int
    problems: tuple[Problem, ...]
    login: bool
    asks: bool
    seat: bool
    limit: RateLimit | None
    body: type[Model] | None
    query: type[Model] | None
    answer: type | None

    @property
    def description(self) -> str:
        """Its description: the docstring of its handler."""
        return inspect.cleandoc(self.handler.__doc__ or "")

    def route(self) -> web.RouteDef:
        """Return its route."""
        path = self.path
        for name, (pattern, _) in PATH_PARAMETERS.items():
            path = path.replace(f"{{{name}}}", f"{{{name}:{pattern}}}")
        return web.route(self.method, PREFIX + path, self._answer)

    async def _answer(self, request: web.Request) -> web.Response:
        context = request.app[CONTEXT]
        if self.limit is not None:
            context.rate_limits.spend_for(self.limit, request[CLIENT])
        caller = None
        if self.login or self.asks:
            caller = await caller_of(request)
            by_seat = self.seat and seat_token_of(request) is not None
            if caller is None and self.login and not by_seat:
                raise Problem.LOGIN_REQUIRED.error()
        given: dict[str, Model] = {}
        try:
            if self.query is not None:
                given["query"] = self.query.model_validate(dict(request.query))
            if self.body is not None:
                given["body"] = await _read(request, self.body)
        except ValidationError as error:
            raise _invalid(error) from None
        with as_api_error():
            answer = await self.handler(Call(request, context, caller), **given)
        if answer is None:
            return web.Response(status=self.status)
        text = answer if isinstance(answer, str) else answer.model_dump_json()
        return web.Response(text=text, status=self.status, content_type=_JSON, charset="utf-8")


def endpoint(
    method: str,
    path: str,
    *problems: Problem,
    status: int = 200,
    login: bool = False,
    asks: bool = False,
    seat: bool = False,
    limit: RateLimit | None = None,
    text_of: type | None = None,
) -> Callable[[_Handler], Endpoint]:
    """Make an endpoint of a handler; see `Endpoint`.

    A handler whose answer is too long for a model returns a JSON text, that of a ``text_of``.
    """

    def decorate(handler: _Handler) -> Endpoint:
        hints: dict[str, Any] = get_type_hints(handler)
        answer = text_of or hints["return"]
        return Endpoint(
            *(method, path, handler, status, problems, login, asks, seat, limit),
            body=hints.get("body"),
            query=hints.get("query"),
            answer=None if answer is type(None) else answer,
        )

    return decorate


async def _read(request: web.Request, model: type[Model]) -> Model:
    """Return the body of a request.

    Raises:
        ApiError: its Content-Type is not JSON.
        ValidationError: it is not JSON, or does not fit the model.
    """
    if request.content_type != _JSON:
        raise Problem.NOT_JSON.error()
    return model.model_validate_json(await request.read(), strict=True)


def _invalid(error: ValidationError) -> ApiError:
    """Return the error for input that does not fit its model; the input is not repeated."""
    wrong = error.errors(include_url=False, include_context=False, include_input=False)
    fields = {
        ".".join(map(str, one["loc"])): one["msg"].removeprefix("Value error, ") for one in wrong
    }
    first, message = next(iter(fields.items()))
    return Problem.INVALID_REQUEST.error(
        f"{first}: {message}." if first else f"{message}.", details={"fields": fields}
    )
