"""Reads, after an evening, every frame that left for anybody, for cards before their time.

It knows the rules, the journal and docs/PROTOCOL.md, and shares nothing else with the server:
frames are taken apart and put together here by the offsets of that document, and who sits where
follows from the tokens that a connection has said.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b, sha256
from typing import Final

from rachel.rules.actions import Play
from rachel.rules.game import Game
from rachel_server.core.entries import ActionTaken, Entry, GameStarted, TokenChanged
from rachel_server.fakes.network import FakeWire, Tap

_HELLO, _WELCOME, _DEALT, _PLAY, _DRAWN, _STATE, _TURN = 1, 2, 3, 4, 6, 7, 8
_TURN_END, _WON, _ERROR, _LIST, _ANNOUNCE, _NAME, _HAND = 9, 10, 11, 12, 13, 14, 15
_PRIVATE: Final = {_DEALT, _DRAWN, _HAND}
_PUBLIC: Final = {_STATE, _TURN, _TURN_END, _WON}
_NONE: Final = 0xFF
_NO_SEAT: Final = 0xFFFF
_NO_TOKEN: Final = bytes(8)
_SAID: Final = re.compile(rb"RACH[\x01\x02][\x01\x04].{58}", re.DOTALL)
_HEX: Final = re.compile(r"(?=([0-9a-f]{16}))")
_CARD: Final = re.compile(
    r"\b(?:10|[2-9JQKA])(?:[HDCS]\b|[♥♦♣♠])|\bof (?:hearts|clubs|spades|diam)"
)


class _Told:
    """What may be told of one game, and since when: the payloads of its frames, by their types."""

    def __init__(self, start: GameStarted) -> None:
        self.start = start
        self.durable = 0  # actions in the journal
        self.turns = 0  # actions there will be
        self.tokens: list[set[bytes | None]] = [{seat.token_hash} for seat in start.seats]
        self.public: dict[tuple[int, bytes], int] = {}
        self.private: list[dict[tuple[int, bytes], int]] = [{} for _ in start.seats]
        self.secrets: set[str] = {start.nonce.hex()[:16], start.nonce.hex()[16:]}
        self.secrets.add(f"{start.seed:016x}")
        self._game = Game.deal(len(start.seats), start.seed)
        self._note()
        for seat, hand in enumerate(self._game.hands):
            self.private[seat].setdefault((_DEALT, _cards(hand)), 0)

    @property
    def is_over(self) -> bool:
        """Whether the journal has come to the last card."""
        return self._game.is_over and self.durable == self.turns

    def take(self, entry: ActionTaken) -> None:
        """Play the next action."""
        game, seat, action = self._game, entry.seat, entry.action
        held = len(game.hands[seat])
        game.apply(action)
        self.turns += 1
        plays = isinstance(action, Play)
        played = action.cards if isinstance(action, Play) else ()
        drawn = [] if plays else game.hands[seat][held:]
        if drawn:
            self.private[seat].setdefault((_DRAWN, _cards(drawn)), game.turn)
        place = game.finish_order.index(seat) if seat in game.finish_order else _NONE
        tag = self._note()
        self.public[_TURN_END, _filled(
            [seat, 1 if plays else 2, len(played), *played, *bytes(4 - len(played))],
            [_or_none(action.suit if isinstance(action, Play) else None), len(drawn)],
            [game.current], game.turn.to_bytes(4), [place, _or_none(game.survivor)], [0, 1, 1], tag,
        )] = game.turn  # fmt: skip

    def _note(self) -> bytes:
        """Note what may be told of the state that is now; return its tag."""
        game, turn = self._game, self._game.turn.to_bytes(4)
        true_hash = game.state_hash().to_bytes(8)
        self.secrets.add(true_hash.hex())
        tag = blake2b(true_hash, digest_size=8, key=self.start.nonce).digest()
        order = game.finish_order
        pending = [game.pending_draws, game.pending_skips]
        self.public[_STATE, _filled(
            [game.current, 0 if game.direction == 1 else 1, game.discard[-1]],
            [_or_none(game.nominated_suit), *pending, len(game.deck)],
            _eight(map(len, game.hands)), [game.is_over, _or_none(game.survivor)], turn,
            [0, 1, 3], tag, [len(game.discard), sum(2**n for n in order)], _eight(order, _NONE),
        )] = game.turn  # fmt: skip
        if game.is_over:
            totals = [[0] * game.seats, [0] * game.seats]
            for attacker, target, severity, _ in game.attacks:
                totals[0][attacker] += severity
                totals[1][target] += severity
            dealt, taken = (_eight(min(it, _NONE) for it in total) for total in totals)
            end = _filled([_or_none(game.survivor)], turn, [0, 1, 3], tag, dealt, taken)
            self.public[_WON, end] = game.turn
        else:
            payload = _filled([game.current], turn, pending, [1, 0, 1], tag)
            self.public[_TURN, payload] = game.turn
        for seat, hand in enumerate(game.hands):
            first = _cards(hand[:32])[:33]
            self.private[seat][_HAND, _filled(first, turn, [0, 1, 1], tag)] = game.turn
            if hand[32:]:
                self.private[seat].setdefault((_DRAWN, _cards(hand[32:])), game.turn)
        return tag


class _Link:
    """One connection: what it has said, and as whom the host has welcomed it."""

    def __init__(self) -> None:
        self.heard = b""
        self.tokens: set[bytes] = set()  # of the HELLOs that want a seat
        self.named: set[int] = set()
        self.has_spoken = False
        self.welcomed = 0  # to which game
        self.seat = _NO_SEAT
        self.has_asked_to_watch = False

    def has(self, seat: int, told: _Told) -> bool:
        """Tell whether it has shown that a seat is its own; seats without a token show nothing."""
        hashes = {None if it == _NO_TOKEN else sha256(it).digest() for it in self.tokens}
        return not hashes.isdisjoint(told.tokens[seat])


class Scan:
    """Keeps all that passes (`Tap`), and hands it on to another listener."""

    def __init__(self, entries: Sequence[Entry], listener: Tap) -> None:
        self._entries = entries
        self._listener = listener
        self._passed: list[tuple[FakeWire, int, bool, bytes]] = []

    def opened(self, wire: FakeWire) -> None:
        """Note nothing."""
        self._listener.opened(wire)

    def received(self, wire: FakeWire, data: bytes) -> None:
        """Note what somebody said."""
        self._passed.append((wire, len(self._entries), False, data))
        self._listener.received(wire, data)

    def sent(self, wire: FakeWire, data: bytes) -> None:
        """Note what leaves for somebody, and what is durable by then."""
        self._passed.append((wire, len(self._entries), True, data))
        self._listener.sent(wire, data)

    def closed(self, wire: FakeWire) -> None:
        """Note nothing."""
        self._listener.closed(wire)

    def judge(self) -> Counter[str]:
        """Read every frame; return how many there were for whom."""
        return _Reader(self._entries).read(self._passed)


class _Reader:
    """Goes through what has passed in its order, and through the journal beside it."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._told: dict[str, _Told] = {}
        for entry in entries:
            if isinstance(entry, GameStarted):
                self._told[entry.game] = _Told(entry)
            elif isinstance(entry, ActionTaken):
                self._told[entry.game].take(entry)
        self._secrets = {it: told for told in self._told.values() for it in told.secrets}
        self._newest: dict[int, _Told] = {}  # by the id that a game has on the wire
        self._links: dict[FakeWire, _Link] = {}
        self._platforms = {_NO_SEAT}
        self._looks = {bytes(3)}
        self._seen: Counter[str] = Counter()
        self._read = 0

    def read(self, passed: Iterable[tuple[FakeWire, int, bool, bytes]]) -> Counter[str]:
        """Read it all."""
        for wire, durable, is_sent, data in passed:
            for entry in self._entries[self._read : durable]:
                told = self._told[entry.game]
                if isinstance(entry, GameStarted):
                    self._newest[entry.game_id] = told
                elif isinstance(entry, ActionTaken):
                    told.durable += 1
                elif isinstance(entry, TokenChanged):
                    told.tokens[entry.seat].add(entry.token_hash)
            self._read = durable
            link = self._links.setdefault(wire, _Link())
            if not is_sent:
                self._hear(link, data)
            elif link.has_spoken or not data.startswith(b"HTTP/1.1 400 "):
                assert len(data) % 64 == 0, "not whole frames"
                for at in range(0, len(data), 64):
                    self._judge(link, data[at : at + 64])
        return self._seen

    def _hear(self, link: _Link, data: bytes) -> None:
        link.heard += data
        end = 0
        for found in _SAID.finditer(link.heard):
            frame, end = found[0], found.end()
            if frame[5] == _PLAY:
                link.named.update(frame[17 : 17 + frame[16]])
                continue
            self._platforms.add(int.from_bytes(frame[32:34]))
            self._looks.add(frame[0x35:0x38])
            link.has_spoken = True
            if frame[0x34] & 0x80:
                link.has_asked_to_watch = True
            else:
                link.tokens.add(frame[0x24:0x2C])
        link.heard = link.heard[max(end, len(link.heard) - 63) :]

    def _judge(self, link: _Link, frame: bytes) -> None:
        """Judge every byte of a frame but its number, its time and its checksum."""
        kind, payload = frame[5], frame[16:]
        game_id = int.from_bytes(frame[10:12])
        told = self._newest.get(game_id)
        now = -1 if told is None else told.durable
        self._seen["frames"] += 1
        assert frame.startswith(b"RACH"), "no frame"
        to = int.from_bytes(frame[8:10])
        assert kind == _WELCOME or to in (_NO_SEAT, link.seat), "a frame for another seat"
        if kind in _PRIVATE | _PUBLIC:
            assert told is not None, "cards without a game"
            assert link.welcomed == game_id, "a frame of another table"
            may_hear = told.public
            if kind in _PRIVATE:
                assert link.seat != _NO_SEAT, "a hand to somebody who watches"
                assert link.has(link.seat, told), "a hand to somebody else"
                may_hear = told.private[link.seat]
            assert may_hear.get((kind, payload), math.inf) <= now, "cards before their time"
            self._seen["watched frame"] += link.seat == _NO_SEAT
        elif kind == _WELCOME:
            self._judge_welcome(link, game_id, payload)
        elif kind == _ANNOUNCE:
            self._judge_text(payload)
        elif kind == _NAME:
            assert payload[0] < 8, "the name of no seat"
            self._judge_text(payload[1:])
        elif kind == _ERROR:
            cards = payload[2 : 2 + payload[1]]
            assert link.named.issuperset(cards), "cards that it has not named"
            assert payload[2:] == cards.ljust(46, b"\0"), "more than an error"
        elif kind == _LIST:
            self._judge_list(payload)
        else:
            assert (kind, payload) == (0, bytes(48)), "a frame that nobody may send"

    def _judge_welcome(self, link: _Link, game_id: int, payload: bytes) -> None:
        seat, seats, phase = int.from_bytes(payload[:2]), payload[4], payload[5]
        assert payload == _filled(
            payload[:2], game_id.to_bytes(2), [seats, phase, 0, 1, payload[8]]
        )
        self._seen["rematch"] += link.welcomed not in (0, game_id)
        link.seat, link.welcomed = seat, game_id
        if seat == _NO_SEAT:
            assert link.has_asked_to_watch, "no seat for somebody who plays"
            return
        assert link.tokens, "a seat for somebody who only watches"
        if phase == 1:
            assert link.has(seat, self._newest[game_id]), "somebody else's seat"
            self._seen["reclaim"] += 1

    def _judge_list(self, payload: bytes) -> None:
        assert payload[47] <= 1, "no capabilities"
        for at in range(1, 46, 6):
            entry = payload[at : min(at + 6, 46)]
            if at > 6 * payload[0]:
                assert not any(entry), "more than a list"
                continue
            assert entry[0] < 8, "no seat"
            assert int.from_bytes(entry[1:3]) in self._platforms, "a platform not heard of"
            assert entry[3:].ljust(3, b"\0") in self._looks, "a look not heard of"

    def _judge_text(self, field: bytes) -> None:
        """Judge words: no card, nor a seed, nonce or true hash of a game that is not over."""
        text, _, rest = field.partition(b"\0")
        words = text.decode()
        assert not any(rest), "more than words"
        assert words.isprintable(), "bytes that are no words"
        assert not _CARD.search(words), "a card in words"
        for digits in _HEX.findall(words.lower()):
            told = self._secrets.get(digits)
            assert told is None or told.is_over, "a secret of a game before its end"
            self._seen["secret told"] += told is not None


def _filled(*parts: Iterable[int]) -> bytes:
    """Return a payload that begins with some bytes."""
    return b"".join(map(bytes, parts)).ljust(48, b"\0")


def _cards(cards: Sequence[int]) -> bytes:
    return _filled([len(cards)], cards)


def _eight(values: Iterable[int], rest: int = 0) -> bytes:
    return bytes(values).ljust(8, bytes([rest]))


def _or_none(value: int | None) -> int:
    return _NONE if value is None else value
