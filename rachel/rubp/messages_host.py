"""What the host tells about players and refusals (docs/PROTOCOL.md, Messages).

Every message packs to exactly 48 bytes, unused ones zero; on the way in unused bytes are ignored.
"""

from dataclasses import dataclass
from struct import Struct
from typing import Final, NamedTuple, Self

from rachel.rubp._layout import Layout, MessageError, byte_run, read_cards, read_text, text_run
from rachel.rubp.codes import (
    CARDS_MAX,
    MAX_SEATS,
    NO_LOOK,
    SPEC_VERSION,
    ErrorCode,
    Phase,
)

TEXT_MAX: Final = 47
"""Bytes of UTF-8 in an announcement or a player's name."""

_WELCOME: Final = Layout(
    "WELCOME",
    "player_id:H",
    "game_id:H",
    "player_count:B",
    "phase:B",
    "spec:H",
    "capabilities:B",
    "unused:39x",
)
_ERROR: Final = Layout("ERROR", "code:B", "count:B", "cards:32s", "unused:14x")
_PLAYER_LIST: Final = Layout(
    "PLAYER_LIST", "count:B", "entries:45s", "watchers:B", "capabilities:B"
)
_ANNOUNCE: Final = Layout("ANNOUNCE", "text:47s", "unused:1x")
_PLAYER_NAME: Final = Layout("PLAYER_NAME", "seat:B", "name:47s")

_ENTRY: Final = Struct(">BH3s")
# Eight whole entries do not fit a payload: the eighth goes without its look.
_LAST_ENTRY: Final = Struct(">BH")
_LAST_OFFSET: Final = (MAX_SEATS - 1) * _ENTRY.size

_PHASES: Final = {int(phase): phase for phase in Phase}
_CODES: Final = {int(code): code for code in ErrorCode}


@dataclass(slots=True)
class Welcome:
    """WELCOME: you have a seat.

    Attributes:
        player_id: the seat, 0-7.
        game_id: the table, 1-65535, for every later frame.
        player_count: seats of the table.
        phase: waiting, playing or finished.
        spec: version of the rules.
        capabilities: those of the host, bits; see ACKNOWLEDGES_SYNC.
    """

    player_id: int
    game_id: int
    player_count: int
    phase: Phase
    spec: int = SPEC_VERSION
    capabilities: int = 0

    def pack(self) -> bytes:
        """Return the 48 bytes of the payload.

        Raises:
            ValueError: a value does not fit its field.
        """
        return _WELCOME.pack(
            self.player_id,
            self.game_id,
            self.player_count,
            self.phase,
            self.spec,
            self.capabilities,
        )

    @classmethod
    def unpack(cls, payload: bytes) -> Self:
        """Return the message.

        Raises:
            MessageError: bad_value, there is no such phase.
        """
        player_id, game_id, player_count, phase, spec, capabilities = _WELCOME.unpack(payload)
        if phase not in _PHASES:
            raise MessageError("bad_value", f"{phase} is not a phase")
        return cls(player_id, game_id, player_count, _PHASES[phase], spec, capabilities)


@dataclass(slots=True)
class Error:
    """ERROR: your last message was refused, and changed nothing.

    Attributes:
        code: why; unpack reads codes it does not know as UNKNOWN.
        cards: the cards the refusal is about, if any.
    """

    code: ErrorCode
    cards: tuple[int, ...] = ()

    def pack(self) -> bytes:
        """Return the 48 bytes of the payload.

        Raises:
            ValueError: more than 32 cards.
        """
        return _ERROR.pack(
            self.code, len(self.cards), byte_run("ERROR cards", self.cards, CARDS_MAX)
        )

    @classmethod
    def unpack(cls, payload: bytes) -> Self:
        """Return the message.

        Raises:
            MessageError: bad_count, more cards than the field holds.
        """
        code, count, cards = _ERROR.unpack(payload)
        return cls(_CODES.get(code, ErrorCode.UNKNOWN), read_cards(count, cards))


class PlayerEntry(NamedTuple):
    """One player of a PLAYER_LIST: seat, platform id and 3 opaque bytes of portrait."""

    player_id: int
    platform: int
    look: bytes = NO_LOOK


@dataclass(slots=True)
class PlayerList:
    """PLAYER_LIST: who is present.

    Attributes:
        entries: at most 8 players; the eighth's look is not carried.
        capabilities: those of the host, as in WELCOME.
        watchers: how many watch the table, 255 for more.
    """

    entries: tuple[PlayerEntry, ...]
    capabilities: int = 0
    watchers: int = 0

    def pack(self) -> bytes:
        """Return the 48 bytes of the payload.

        Raises:
            ValueError: more than 8 players, or a value that does not fit its field.
        """
        if len(self.entries) > MAX_SEATS:
            raise ValueError(f"PLAYER_LIST entries: {len(self.entries)} do not fit, 8 do")
        packed = bytearray()
        for player_id, platform, look in self.entries:
            if not 0 <= player_id <= 0xFF or not 0 <= platform <= 0xFFFF or len(look) != 3:
                raise ValueError(f"PLAYER_LIST entry of player {player_id} does not fit")
            packed += _ENTRY.pack(player_id, platform, look)
        if len(self.entries) == MAX_SEATS:
            del packed[_LAST_OFFSET + _LAST_ENTRY.size :]
        return _PLAYER_LIST.pack(len(self.entries), packed, self.watchers, self.capabilities)

    @classmethod
    def unpack(cls, payload: bytes) -> Self:
        """Return the message; an eighth player has NO_LOOK.

        Raises:
            MessageError: bad_count, more than 8 players.
        """
        count, field, watchers, capabilities = _PLAYER_LIST.unpack(payload)
        if count > MAX_SEATS:
            raise MessageError("bad_count", f"{count} players do not fit, 8 do")
        size = _ENTRY.size
        entries = [
            PlayerEntry(*_ENTRY.unpack_from(field, size * i))
            for i in range(min(count, MAX_SEATS - 1))
        ]
        if count == MAX_SEATS:
            entries.append(PlayerEntry(*_LAST_ENTRY.unpack_from(field, _LAST_OFFSET)))
        return cls(tuple(entries), capabilities, watchers)


@dataclass(slots=True)
class Announce:
    """ANNOUNCE: a line of text for people, at most 47 bytes of UTF-8.

    What arrives is a stranger's text: clean it before a terminal shows it.
    """

    text: str

    def pack(self) -> bytes:
        """Return the 48 bytes of the payload, longer text cut between two characters.

        Raises:
            ValueError: the text holds a NUL or a lone surrogate.
        """
        return _ANNOUNCE.pack(text_run("ANNOUNCE text", self.text, TEXT_MAX))

    @classmethod
    def unpack(cls, payload: bytes) -> Self:
        """Return the text before the first NUL; bytes that are not UTF-8 are left out."""
        return cls(read_text(_ANNOUNCE.unpack(payload)[0]))


@dataclass(slots=True)
class PlayerName:
    """PLAYER_NAME: what a seat's player is called, at most 47 bytes of UTF-8.

    What arrives is a stranger's text: clean it before a terminal shows it.
    """

    seat: int
    name: str

    def pack(self) -> bytes:
        """Return the 48 bytes of the payload, a longer name cut between two characters.

        Raises:
            ValueError: the name holds a NUL or a lone surrogate, or the seat does not fit.
        """
        return _PLAYER_NAME.pack(self.seat, text_run("PLAYER_NAME name", self.name, TEXT_MAX))

    @classmethod
    def unpack(cls, payload: bytes) -> Self:
        """Return seat and name; the name ends at its first NUL, without bytes not UTF-8."""
        seat, name = _PLAYER_NAME.unpack(payload)
        return cls(seat, read_text(name))
