"""Values that several endpoints about accounts take.

Their schemas promise what the services check, which say in words of their own what is wrong.
"""

from typing import Annotated, TypeAlias

from pydantic import Field

from rachel_server.accounts.tokens import TOKEN_PATTERN
from rachel_server.accounts.validation import (
    EMAIL_MAX,
    EMAIL_PATTERN,
    PASSWORD_MAX,
    PASSWORD_MIN,
    USERNAME_PATTERN,
)

Username: TypeAlias = Annotated[
    str,
    Field(
        description="Unique in any case; everybody may see it.",
        json_schema_extra={"pattern": f"^{USERNAME_PATTERN}$"},
    ),
]

Email: TypeAlias = Annotated[
    str,
    Field(
        description="Unique in any case; shown to nobody else.",
        json_schema_extra={"pattern": f"^{EMAIL_PATTERN}$", "maxLength": EMAIL_MAX},
    ),
]

NewPassword: TypeAlias = Annotated[
    str, Field(json_schema_extra={"minLength": PASSWORD_MIN, "maxLength": PASSWORD_MAX})
]

LinkToken: TypeAlias = Annotated[
    str,
    Field(
        description="What the link in a mail has as its token; good for one use.",
        json_schema_extra={"pattern": f"^{TOKEN_PATTERN}$"},
    ),
]

UnixTime: TypeAlias = Annotated[float, Field(description="Unix time in seconds.")]

IsoTime: TypeAlias = Annotated[
    str, Field(description="UTC, ISO 8601.", json_schema_extra={"format": "date-time"})
]
