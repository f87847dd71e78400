"""Secrets: texts that no log may show, and the key that signs the forms of pages."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SECRET_KEY_LENGTH_MIN: Final = 64
"""Characters of SECRET_KEY_BASE: as many as Phoenix demands of the same variable."""

KEY_FILE: Final = "secret_key_base"

_OWNER_ONLY: Final = 0o600


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A text that must not be shown: it appears in no representation, and so in no log.

    Compare a stranger's guess with it by `hmac.compare_digest`.
    """

    _text: str

    def reveal(self) -> str:
        """Return the text."""
        return self._text

    def __repr__(self) -> str:
        return "Secret('***')"


def fresh_secret() -> str:
    """Return a new key for SECRET_KEY_BASE: 86 characters with 512 random bits, URL-safe."""
    return secrets.token_urlsafe(64)


def kept_secret_key(data_dir: Path) -> Secret:
    """Return the key kept in a data folder, which only its owner can read; make it if need be.

    The caller holds the folder's lock: otherwise two servers could each make a key.

    Raises:
        OSError: the file cannot be read or written.
    """
    file = data_dir / KEY_FILE
    try:
        key = file.read_text(encoding="utf-8").strip() if file.exists() else ""
    except UnicodeDecodeError:
        raise OSError(f"{file} holds no key; delete it, and a new one is made") from None
    if len(key) < SECRET_KEY_LENGTH_MIN:
        key = fresh_secret()
        # Renamed once it is whole: a crash halfway must not leave half a key.
        partial = data_dir / f"{KEY_FILE}.new"
        partial.unlink(missing_ok=True)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
        with os.fdopen(descriptor, "w") as new:
            new.write(key + "\n")
        partial.replace(file)
    return Secret(key)
