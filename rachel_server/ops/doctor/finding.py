"""The findings of checks."""

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
        outcome: how the check ended.
        check: the short name of the check.
        found: what was found, in one line.
        cure: what to do about it, in one line; None when there is nothing to do.
    """

    outcome: Outcome
    check: str
    found: str
    cure: str | None = None


def passed(check: str, found: str) -> Finding:
    """Return the finding that all is well."""
    return Finding(Outcome.PASS, check, found)


def warned(check: str, found: str, cure: str) -> Finding:
    """Return the finding that something should be better."""
    return Finding(Outcome.WARN, check, found, cure)


def failed(check: str, found: str, cure: str) -> Finding:
    """Return the finding that something must be changed."""
    return Finding(Outcome.FAIL, check, found, cure)
