"""Estimates from its text how hard a secret is to guess."""

import math
import zlib
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

EXAMPLES: Final = frozenset(
    {
        "put-here-what-the-command-rachel-secret-prints-it-has-86-characters-in-all",
        "a-long-random-text",
    }
)
"""The texts of `.env.example`, which everybody can read."""

_TELLTALES: Final = (
    "change", "example", "metric", "passphrase", "password", "please", "rachel", "secret", "token",
)  # fmt: skip
"""Words that people write into secrets. At most one random secret in a million has one."""

_DEFLATE_BYTES: Final = 3
"""Bytes that deflating adds to any text."""


def weakness(secret: str, bits: float) -> str | None:
    """Return why a secret is weaker than ``bits`` of randomness; None if it is not.

    The text repeats nothing of the secret.
    """
    if secret in EXAMPLES:
        return "is the text of the example, which everybody can read"
    if len(set(secret)) == 1:
        return "is one character over and over"
    if strength(secret) < bits:
        return "can be guessed: it is too short, or not random"
    if _has_words(secret):
        return "can be guessed: it is made of words"
    return None


def strength(secret: str) -> float:
    """Return an estimate of a secret's randomness in bits, at most that of random characters.

    It is the least of three: the entropy of the characters, that of the differences between
    neighbours, and the compressed size. Words are taken for random letters.
    """
    codes = secret.encode()
    steps = [after - before for before, after in pairwise(codes)]
    deflated = zlib.compressobj(9, zlib.DEFLATED, -15)
    size = len(deflated.compress(codes) + deflated.flush()) - _DEFLATE_BYTES
    return min(_entropy(codes), _entropy(steps), 8.0 * size)


def _has_words(secret: str) -> bool:
    letters = "".join(character for character in secret if character.isalnum())
    one_case = letters.isalpha() and letters in {letters.lower(), letters.upper()}
    return one_case or any(word in secret.lower() for word in _TELLTALES)


def _entropy(values: Sequence[int]) -> float:
    """Return Shannon's entropy of a sequence, in bits for all of it."""
    total = len(values)
    counts = Counter(values).values()
    return sum(count * math.log2(total / count) for count in counts)
