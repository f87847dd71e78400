"""The description of the API in OpenAPI 3.1, made from the endpoints.

Why no library makes it is in docs/ARCHITECTURE.md (Decisions, 15).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias, is_typeddict

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from rachel import __version__
from rachel_server.http.api.endpoint import PATH_PARAMETERS, PREFIX, Endpoint, Model
from rachel_server.http.api.json_schema import REF, Json, name_of, schema_of
from rachel_server.http.api.problems import Problem
from rachel_server.http.errors import BY_STATUS
from rachel_server.http.login import SEAT_HEADER, SESSION_COOKIE
from rachel_server.http.security import SECURE_PREFIX

_JSON: Final = "application/json"
_RESPONSES: Final = "#/components/responses/"

_ABOUT: Final = (
    "Lobby, accounts and history of a server of Rachel. Games are played over RUBP, at the ports "
    "that `GET /server` tells. Every answer is JSON; whatever goes wrong is an Error. Times are "
    "Unix times in seconds unless their format says otherwise. Lists come in pages: pass `next` "
    "on as `cursor` until it is null."
)

_ALWAYS: Final = (400, 408, 413, 417, 431, 503)
"""The statuses with which any request may be refused, beside 429 and 500."""
_INTERNAL: Final = (500, "internal_error", "Something went wrong on the server's side.")
_RATE_LIMITED: Final = (429, "rate_limited", "Too many requests: wait as long as details say.")
_CROSS_SITE: Final = (403, "cross_site", "A page of another site made a browser send this.")

_Error: TypeAlias = tuple[int, str, str]


class Error(Model):
    """Why something was not done: an identifier, which stays, and a line for people."""

    error: str
    message: str
    details: dict[str, Any] | None


class _WithoutFieldTitles(GenerateJsonSchema):
    """Makes schemas without the titles of fields, which only repeat their names."""

    def field_title_should_be_set(self, schema: object) -> bool:
        return False


def describe(endpoints: Sequence[Endpoint]) -> Json:
    """Return the description of endpoints."""
    paths: defaultdict[str, Json] = defaultdict(dict)
    for endpoint in endpoints:
        paths[endpoint.path][endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Rachel", "version": __version__, "description": _ABOUT},
        "servers": [{"url": PREFIX}],
        "paths": dict(paths),
        "components": {
            "responses": _shared_responses(endpoints),
            "schemas": _schemas(endpoints),
            "securitySchemes": {
                "session": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The token of a session: see POST /sessions.",
                },
                "browser": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": SECURE_PREFIX + SESSION_COOKIE,
                    "description": "The same token in a browser, for this server's own pages.",
                },
                "seat": {
                    "type": "apiKey",
                    "in": "header",
                    "name": SEAT_HEADER,
                    "description": "The reconnect token of a HELLO that has a seat at the table, "
                    "in 16 hexadecimal digits: guests have no session.",
                },
            },
        },
    }


def _schemas(endpoints: Iterable[Endpoint]) -> Json:
    models: dict[type[BaseModel], None] = {Error: None}
    schemas: Json = {}
    for endpoint in endpoints:
        for shape in (endpoint.body, endpoint.answer):
            if is_typeddict(shape):
                schema_of(shape, schemas)
            elif shape is not None and issubclass(shape, BaseModel):
                models[shape] = None
    _, definitions = models_json_schema(
        [(model, "validation") for model in models],
        ref_template=f"{REF}{{model}}",
        schema_generator=_WithoutFieldTitles,
    )
    schemas |= definitions["$defs"]
    return schemas


def _operation(endpoint: Endpoint) -> Json:
    summary, _, more = endpoint.description.partition("\n\n")
    operation: Json = {
        "operationId": endpoint.handler.__name__,
        "tags": [endpoint.handler.__module__.rpartition(".")[2]],
        "summary": " ".join(summary.split()),
        "responses": _responses(endpoint),
    }
    if more:
        operation["description"] = more
    if endpoint.login or endpoint.asks:
        anonymous: list[Json] = [] if endpoint.login else [{}]
        by_seat: list[Json] = [{"seat": []}] if endpoint.seat else []
        operation["security"] = [*anonymous, {"session": []}, {"browser": []}, *by_seat]
    parameters = [*_path_parameters(endpoint), *_query_parameters(endpoint)]
    if parameters:
        operation["parameters"] = parameters
    if endpoint.body is not None:
        operation["requestBody"] = {"required": True, "content": _content(endpoint.body)}
    return operation


def _path_parameters(endpoint: Endpoint) -> list[Json]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": text,
            "schema": {"type": "string", "pattern": f"^{pattern}$"},
        }
        for name, (pattern, text) in PATH_PARAMETERS.items()
        if f"{{{name}}}" in endpoint.path
    ]


def _query_parameters(endpoint: Endpoint) -> list[Json]:
    if endpoint.query is None:
        return []
    shape = endpoint.query.model_json_schema(schema_generator=_WithoutFieldTitles)
    required = shape.get("required", ())
    parameters = []
    for name, schema in shape["properties"].items():
        # Optional parameters are omitted and never null, so that null is no choice.
        choices = [one for one in schema.get("anyOf", [schema]) if one != {"type": "null"}]
        given = {key: value for key, value in schema.items() if key != "anyOf"} | choices[0]
        if given.get("default", ...) is None:
            del given["default"]
        parameters.append(
            {"name": name, "in": "query", "required": name in required, "schema": given}
        )
    return parameters


def _responses(endpoint: Endpoint) -> Json:
    good: Json = {"description": "Done."}
    if endpoint.answer is not None:
        good["content"] = _content(endpoint.answer)
    responses = {str(endpoint.status): good}
    for status, errors in sorted(_errors_by_status(endpoint).items()):
        responses[str(status)] = (
            {"$ref": f"{_RESPONSES}{next(iter(errors))}"}
            if len(errors) == 1
            else _error_response(status, errors)
        )
    return responses


def _shared_responses(endpoints: Iterable[Endpoint]) -> Json:
    """Return the responses that several endpoints refer to: those with one error only."""
    return {
        identifier: _error_response(status, {identifier: message})
        for endpoint in endpoints
        for status, errors in _errors_by_status(endpoint).items()
        if len(errors) == 1
        for identifier, message in errors.items()
    }


def _errors_by_status(endpoint: Endpoint) -> dict[int, dict[str, str]]:
    """Return the errors of an endpoint: for each status, messages by identifier."""
    errors: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for status, identifier, message in _errors(endpoint):
        errors[status][identifier] = message
    return errors


def _errors(endpoint: Endpoint) -> Iterable[_Error]:
    """Yield every error of an endpoint."""
    problems = list(endpoint.problems)
    if endpoint.body is not None or endpoint.query is not None:
        problems.append(Problem.INVALID_REQUEST)
    if endpoint.body is not None:
        problems.append(Problem.NOT_JSON)
    if endpoint.login:
        problems.append(Problem.LOGIN_REQUIRED)
        if endpoint.method != "GET":
            yield _CROSS_SITE
    for problem in problems:
        yield problem.status, problem.identifier, problem.message
    if "{" in endpoint.path:
        yield 404, *BY_STATUS[404]
    for status in _ALWAYS:
        yield status, *BY_STATUS[status]
    yield _RATE_LIMITED
    yield _INTERNAL


def _error_response(status: int, errors: Mapping[str, str]) -> Json:
    response: Json = {
        "description": "\n".join(f"- `{name}`: {text}" for name, text in sorted(errors.items())),
        "content": {
            _JSON: {
                "schema": {
                    "$ref": f"{REF}Error",
                    "properties": {"error": {"enum": sorted(errors)}},
                }
            }
        },
    }
    if status == 429:
        seconds = {"type": "integer", "minimum": 1}
        response["headers"] = {
            "Retry-After": {"description": "Seconds.", "required": True, "schema": seconds}
        }
    return response


def _content(shape: type) -> Json:
    return {_JSON: {"schema": {"$ref": f"{REF}{name_of(shape)}"}}}
