"""Names: how they are compared, and whose they are.

A name must not speak with another's voice: a registered account's, the narrator's ("You"), the
host's ("Host", "admin") or a bot's ("Bot Ada"). Accounts may not register such a name; a guest who
asks for one is marked as a guest in all that the server sends. Look-alikes are the same name.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Final
from unicodedata import normalize

from rachel.text import clean_name, clean_text

BOT_NAMES: Final = ("Ada", "Max", "Ida", "Leo", "Eva", "Tom", "Zoe", "Ben", "Kim")
BOT_PREFIX: Final = "Bot "
"""How the names of the server's bots begin, and no person's."""
GUEST: Final = "Guest"
"""How the name of a guest begins who has asked for another's."""

_NAME_MAX: Final = 15
_MARKED_MAX: Final = 20
_LOOK_ALIKES: Final = str.maketrans("01i|5$@", "olllssa")
_BETWEEN_WORDS: Final = re.compile(r"[\W_]+")
_DIGITS: Final = "0123456789"
_CACHE_SIZE: Final = 2048
"""Names that have been looked at: whoever plays again and again says HELLO for every game."""


@lru_cache(_CACHE_SIZE)
def name_key(name: str) -> str:
    """Return what is the same for names that look alike.

    Case, width, accents, spaces and punctuation do not count, nor which of ``0`` and ``o``, of
    ``1``, ``i`` and ``l``, of ``5`` and ``s``.
    """
    folded = normalize("NFKD", normalize("NFKC", clean_text(name)).casefold())
    key = "".join(filter(str.isalnum, folded.translate(_LOOK_ALIKES)))
    return key or folded


_WORDS: Final = (
    "you", "your", "bot", "guest", "host", "server", "system", "dealer", "admin", "administrator",
    "moderator", "mod", "operator", "sysop", "staff", "support", "official",
)  # fmt: skip
_VOICES: Final = frozenset(map(name_key, (*_WORDS, *(BOT_PREFIX + name for name in BOT_NAMES))))
"""What is not for players to be called: words of the narrator and the host, and the bots' names."""


def unique_name(name: str, taken: Collection[str]) -> str:
    """Return a cleaned name, numbered when the table has one that looks like it."""
    name = clean_name(name)
    keys = set(map(name_key, taken))
    candidate, number = name, 2
    while name_key(candidate) in keys:
        suffix = f" {number}"
        candidate = clean_name(name[: _NAME_MAX - len(suffix)]) + suffix
        number += 1
    return candidate


def marked(name: str) -> str:
    """Return a name that says that it is a guest's."""
    name = clean_name(name)
    if _BETWEEN_WORDS.split(name)[0].casefold() == GUEST.casefold():
        return name
    return clean_name(f"{GUEST} {name}"[:_MARKED_MAX])


def bot_name(taken: Collection[str]) -> str:
    """Return a name for one more bot, which says that it is one, and is unlike its players'."""
    keys = set(map(name_key, taken))
    return next(
        BOT_PREFIX + name
        for name in BOT_NAMES
        if keys.isdisjoint((name_key(name), name_key(BOT_PREFIX + name)))
    )


class Names:
    """The names that are not for guests: kept up to date, so that nobody has to be asked."""

    def __init__(self, forbidden: Iterable[str] = ()) -> None:
        """Know no account yet; ``forbidden`` are the host's own words, not for anybody's name."""
        self._forbidden = tuple(map(name_key, forbidden))
        self._registered: Counter[str] = Counter()

    def register(self, *usernames: str) -> None:
        """Keep the names of accounts for them."""
        self._registered.update(map(name_key, usernames))

    def release(self, username: str) -> None:
        """Keep the name of an account no longer: the account is gone."""
        key = name_key(username)
        self._registered[key] -= 1
        if self._registered[key] <= 0:
            del self._registered[key]

    def is_free(self, username: str) -> bool:
        """Tell whether a new account may have this name, and no account's looks like it."""
        key = name_key(username)
        return not (
            key in self._registered
            or key.startswith(name_key(GUEST))
            or _speaks_for_others(username)
            or self._is_forbidden(username)
        )

    def for_guest(self, name: str) -> str:
        """Return what a guest is called who asks for this name.

        A name that is another's is marked; one with a word that the host forbids is replaced.
        """
        name = clean_name(name)
        if self._is_forbidden(name):
            return GUEST
        if name_key(name) in self._registered or _speaks_for_others(name):
            return marked(name)
        return name

    def _is_forbidden(self, name: str) -> bool:
        key = name_key(name)
        return any(word in key for word in self._forbidden)


@lru_cache(_CACHE_SIZE)
def _speaks_for_others(name: str) -> bool:
    """Tell whether a name has a word of those that are not for players, numbered or not."""
    words = _BETWEEN_WORDS.split(normalize("NFKC", name))
    keys = {name_key(text) for word in (name, *words) for text in (word, word.rstrip(_DIGITS))}
    return not _VOICES.isdisjoint(keys)
