"""What a check says."""

from dataclasses import dataclass
from enum import Enum


class Outcome(Enum):
    """How a check ended."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found. No text holds a secret.

    Attributes:
        outcome: how it ended.
        check: its short name.
        found: what is there, in one line.
        cure: what to do about it, in one line; None when there is nothing to do.
    """

    outcome: Outcome
    check: str
    found: str
    cure: str | None = None


def passed(check: str, found: str) -> Finding:
    """Return that all is well."""
    return Finding(Outcome.PASS, check, found)


def warned(check: str, found: str, cure: str) -> Finding:
    """Return that something should be better."""
    return Finding(Outcome.WARN, check, found, cure)


def failed(check: str, found: str, cure: str) -> Finding:
    """Return that something must not stay as it is."""
    return Finding(Outcome.FAIL, check, found, cure)
