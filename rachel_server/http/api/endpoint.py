"""Endpoints of the API: handlers whose types say what goes in and out.

`endpoint` makes one of an async function: ``call`` is the request, ``body`` and ``query``, if it
has them, are models that what was sent must fit, and what it returns is the answer. The same types
make the description in ``openapi.json``, which is therefore true.
"""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, get_type_hints

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from rachel_server.accounts.account import Account
from rachel_server.edge.token_buckets import RateLimit
from rachel_server.http.api.problems import Problem, as_api_error
from rachel_server.http.clients import CLIENT
from rachel_server.http.context import CONTEXT, HttpContext
from rachel_server.http.errors import ApiError
from rachel_server.http.login import caller_of

PREFIX: Final = "/api/v1"

PATH_PARAMETERS: Final = {
    "code": ("[A-Za-z0-9]{1,8}", "The room code of a table, in any case."),
    "game": ("[A-Za-z0-9]{1,12}", "The id of a game."),
    "username": ("[A-Za-z0-9_]{3,20}", "Somebody's username, in any case."),
}
"""What may stand for ``{name}`` in a path, as a regular expression, and what it is."""

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
        caller: who is logged in; None to endpoints that do not ask.
    """

    request: web.Request
    context: HttpContext
    caller: Account | None = None

    @property
    def account(self) -> Account:
        """Who is logged in, for endpoints that want a login."""
        assert self.caller is not None
        return self.caller

    def path(self, name: str) -> str:
        """Return what stands for ``{name}`` in the path."""
        return self.request.match_info[name]

    def spend(self, limit: RateLimit, key: str) -> None:
        """Let ``key``, such as the name of an account, do something once more.

        Raises:
            RateLimited: not now.
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
        status: of a good answer.
        problems: what else it may answer, beyond what every endpoint may.
        login: whether one must be logged in.
        asks: whether it asks who is logged in, although nobody has to be.
        limit: how often an address may call it, beyond what it may do at all.
        body: what the request's body must fit, None for a request without.
        query: the same for what follows the question mark.
        answer: what it returns, a `Model` or a typed dictionary; None for an answer without a body.
    """

    method: str
    path: str
    handler: _Handler
    status: int
    problems: tuple[Problem, ...]
    login: bool
    asks: bool
    limit: RateLimit | None
    body: type[Model] | None
    query: type[Model] | None
    answer: type | None

    @property
    def description(self) -> str:
        """What it does: its handler's docstring."""
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
            if caller is None and self.login:
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
            *(method, path, handler, status, problems, login, asks, limit),
            body=hints.get("body"),
            query=hints.get("query"),
            answer=None if answer is type(None) else answer,
        )

    return decorate


async def _read(request: web.Request, model: type[Model]) -> Model:
    """Return what a request's body says.

    Raises:
        ApiError: it is not declared as JSON.
        ValidationError: it is none, or does not fit.
    """
    if request.content_type != _JSON:
        raise Problem.NOT_JSON.error()
    return model.model_validate_json(await request.read(), strict=True)


def _invalid(error: ValidationError) -> ApiError:
    """Return what to say about input that does not fit; none of it is repeated."""
    wrong = error.errors(include_url=False, include_context=False, include_input=False)
    fields = {
        ".".join(map(str, one["loc"])): one["msg"].removeprefix("Value error, ") for one in wrong
    }
    first, message = next(iter(fields.items()))
    return Problem.INVALID_REQUEST.error(
        f"{first}: {message}." if first else f"{message}.", details={"fields": fields}
    )
