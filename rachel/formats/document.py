"""Files that tell of games, whichever of the formats they have (docs/FORMATS.md)."""

from typing import Final, TypeAlias

from rachel.formats.action_log import ActionLog
from rachel.formats.json_shapes import ReplayError, load, looks_rounded
from rachel.formats.record import GameRecord
from rachel.formats.replay import ReplayTrace

Document: TypeAlias = ReplayTrace | ActionLog | GameRecord

DOCUMENT_BYTES_MAX: Final = 16 * 1024 * 1024
"""A larger document is refused: it would hold more than 100,000 turns."""


def read_document(data: bytes) -> Document:
    """Return what a document tells of a game; whether that is true is not checked.

    Raises:
        ReplayError: it tells of no game.
    """
    if len(data) > DOCUMENT_BYTES_MAX:
        raise ReplayError(f"not a game: larger than {DOCUMENT_BYTES_MAX // 1024**2} MB")
    value = load(data)
    if looks_rounded(value):
        raise ReplayError(
            "its 64-bit numbers look rounded, as jq and JavaScript round them: "
            "nothing can be checked; take the file as it was before"
        )
    return document_of(value)


def document_of(value: object) -> Document:
    """Return what a JSON value tells of a game, as the kind that its fields show it to be.

    Raises:
        ReplayError: it tells of no game.
    """
    if isinstance(value, dict) and "replay" in value:
        return GameRecord.from_json(value)
    if isinstance(value, dict) and "initialSnapshotHex" in value:
        return ActionLog.from_json(value)
    return ReplayTrace.from_json(value)
