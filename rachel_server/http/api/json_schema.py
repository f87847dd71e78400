"""JSON Schema of typed dictionaries, which is how `rachel.formats` describes the JSON it writes.

pydantic, which describes all else, cannot read the standard library's typed dictionaries on
Python 3.11, and `rachel` uses the standard library alone.
"""

from inspect import cleandoc
from types import NoneType
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    NotRequired,
    TypeAlias,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

Json: TypeAlias = dict[str, Any]

REF: Final = "#/components/schemas/"

_NAMES: Final = {str: "string", int: "integer", NoneType: "null"}
_KIND: Final = "type"
"""The field that tells dictionaries of a union apart."""


def name_of(shape: type) -> str:
    """Return the name of a type in a description: that of ``CardJson`` is ``Card``."""
    return shape.__name__.removesuffix("Json")


def schema_of(hint: Any, schemas: dict[str, Json]) -> Json:  # noqa: ANN401 - any type at all
    """Return the schema of a type.

    Those of the typed dictionaries in it are added to ``schemas`` under their names, and referred
    to. Dictionaries beside an annotated type are keywords of its schema.
    """
    origin, arguments = get_origin(hint), get_args(hint)
    if is_typeddict(hint):
        name = name_of(hint)
        if name not in schemas:
            schemas[name] = _object(hint, schemas)
        return {"$ref": f"{REF}{name}"}
    if origin is Annotated:
        keywords: Json = arguments[1]
        return schema_of(arguments[0], schemas) | keywords
    if origin is NotRequired:
        return schema_of(arguments[0], schemas)
    if origin is Literal:
        return {"const": arguments[0], "type": _NAMES[type(arguments[0])]}
    if origin is list:
        return {"type": "array", "items": schema_of(arguments[0], schemas)}
    if arguments:  # of a union
        choices = [schema_of(one, schemas) for one in arguments]
        if not all(map(is_typeddict, arguments)):
            return {"anyOf": choices}
        kinds = [get_args(get_type_hints(one)[_KIND])[0] for one in arguments]
        refs = {kind: one["$ref"] for kind, one in zip(kinds, choices, strict=True)}
        return {"oneOf": choices, "discriminator": {"propertyName": _KIND, "mapping": refs}}
    return {"type": _NAMES[hint]}


def _object(shape: Any, schemas: dict[str, Json]) -> Json:  # noqa: ANN401
    hints = get_type_hints(shape, include_extras=True)
    return {
        "title": name_of(shape),
        "description": cleandoc(shape.__doc__),
        "type": "object",
        "properties": {name: schema_of(hint, schemas) for name, hint in hints.items()},
        "required": [name for name in hints if name in shape.__required_keys__],
        "additionalProperties": False,
    }
