"""What a table says to the people at it, in which order, and the frames it says it in.

The conversations are in docs/PROTOCOL.md. A frame that everybody hears is encoded once for each
transport version; such frames that follow each other are one buffer.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from rachel import telling
from rachel.rubp import (
    ACKNOWLEDGES_SYNC,
    CARDS_MAX,
    HOST_ID,
    Announce,
    Error,
    ErrorCode,
    GameStart,
    Message,
    MessageType,
    Phase,
    PlayerList,
    PlayerName,
    Welcome,
    encode_frame,
    type_of,
)
from rachel.rules.actions import Play, Refusal
from rachel_server.core.entries import ActionTaken
from rachel_server.core.outcome import Send
from rachel_server.core.running_game import RunningGame
from rachel_server.core.seating import Seating

_ERROR_CODES: Final = {
    Refusal.NOT_YOUR_TURN: ErrorCode.NOT_YOUR_TURN,
    Refusal.CARD_NOT_IN_HAND: ErrorCode.CARD_NOT_IN_HAND,
    Refusal.MUST_PLAY_IF_ABLE: ErrorCode.CANNOT_DRAW,
}
"""How the wire says a refusal; the others are an invalid play (docs/PROTOCOL.md, ERROR)."""

_GAME_STATE: Final = int(MessageType.GAME_STATE)
_TURN_START: Final = int(MessageType.TURN_START)
_TURN_END: Final = int(MessageType.TURN_END)
_CARD_DRAWN: Final = int(MessageType.CARD_DRAWN)

REPEAT_S: Final = 1.0
"""How long a slow client has to acknowledge a pair before it is repeated; then twice as long."""
REPEAT_MAX_S: Final = 8.0
"""How far apart a pair is repeated in the end."""


@dataclass(frozen=True, slots=True)
class Hearer:
    """One connection that hears a table.

    Attributes:
        connection: its number.
        version: transport version of its frames, 1 or 2.
        acknowledges: whether it acknowledges each GAME_STATE and HAND_SYNC pair.
        seat: the seat whose private frames it gets, None for one who has no seat here.
    """

    connection: int
    version: int
    acknowledges: bool
    seat: int | None


_Line: TypeAlias = tuple[int, list[int]]
"""A transport version, and the connections that are sent frames of it."""


@dataclass(slots=True)
class _Repeat:
    """When a pair is repeated, and how long it waited for that."""

    at: float
    wait_s: float


class Voice:
    """Numbers and encodes a table's frames, and collects them until they are taken.

    Host frames carry the table's sequence numbers, so that a frame for everybody is one and the
    same for everybody.

    A slow client acknowledges each pair of GAME_STATE and HAND_SYNC. Until it has, the pair is
    repeated, and it is told of no turn (docs/PROTOCOL.md, Acknowledging pairs).
    """

    def __init__(self, game_id: int, seats: Seating) -> None:
        self.game_id = game_id
        self._seats = seats
        self._audience: dict[int, Hearer] = {}
        self._lines: list[_Line] = []  # the audience, by transport version
        self._acknowledging = False  # whether any of them acknowledges pairs
        self._sequence = 0
        self._sends: list[Send] = []
        self._own: dict[int, bytes] = {}  # what single connections get, behind `_sends`
        self._said: list[tuple[int, bytes, int]] = []  # to everybody: type, payload and number
        self._unconfirmed: dict[int, _Repeat] = {}

    # The audience

    def __contains__(self, connection: object) -> bool:
        """Tell whether a connection hears this table."""
        return connection in self._audience

    @property
    def audience(self) -> Sequence[Hearer]:
        """Everybody who hears this table, in the order in which they came."""
        return tuple(self._audience.values())

    def hearer(self, connection: int) -> Hearer:
        """Return the member of the audience with this connection.

        Raises:
            KeyError: there is none.
        """
        return self._audience[connection]

    def admit(self, hearer: Hearer) -> None:
        """Let somebody hear the table from now on."""
        self._finish_saying()
        self._audience[hearer.connection] = hearer
        self._audience_changed()

    def dismiss(self, connection: int) -> None:
        """Let somebody hear the table no longer."""
        self._finish_saying()
        self._unconfirmed.pop(connection, None)
        del self._audience[connection]
        self._audience_changed()

    def _audience_changed(self) -> None:
        self._lines = _by_version(self._audience.values())
        self._acknowledging = any(hearer.acknowledges for hearer in self._audience.values())

    def take(self) -> list[Send]:
        """Return what was said since the last call, in order."""
        self._finish_saying()
        sends, self._sends = self._sends, []
        if self._own:
            sends += [([connection], frames) for connection, frames in self._own.items()]
            self._own = {}
        return sends

    # Frames

    def send(self, to: Hearer, message: Message, addressee: int = HOST_ID) -> None:
        """Send to one hearer; a private message names the seat it is addressed to."""
        self._send(to, type_of(message), message.pack(), addressee)

    def say(self, message: Message) -> None:
        """Tell everybody. Without an audience no number is used up."""
        self._say(type_of(message), message.pack())

    def encode(self, version: int, message: Message) -> bytes:
        """Return the next frame without sending it."""
        return self._frame(version, type_of(message), message.pack(), self._next_number())

    def _send(self, to: Hearer, kind: int, payload: bytes, addressee: int = HOST_ID) -> None:
        self._finish_saying()
        frame = self._frame(to.version, kind, payload, self._next_number(), addressee)
        before = self._own.get(to.connection)
        self._own[to.connection] = frame if before is None else before + frame

    def _say(self, kind: int, payload: bytes) -> None:
        if self._audience:
            self._said.append((kind, payload, self._next_number()))

    def _tell(self, hearers: Collection[Hearer], kind: int, payload: bytes) -> None:
        """Tell some of the audience."""
        self._finish_saying()
        if hearers:
            number = self._next_number()
            for version, connections in _by_version(hearers):
                self._send_all(connections, self._frame(version, kind, payload, number))

    def _finish_saying(self) -> None:
        """Encode what everybody is told, before anything else is sent or the audience changes."""
        if self._said:
            said, self._said = self._said, []
            for version, connections in self._lines:
                frames = [self._frame(version, kind, said_, no) for kind, said_, no in said]
                self._send_all(connections, b"".join(frames))

    def _send_all(self, connections: list[int], frames: bytes) -> None:
        """Send the same to several; who gets frames of their own gets all in one write."""
        for connection, own in self._own.items():  # one at most, nearly always
            if connection in connections:
                self._own[connection] = own + frames
                connections = [it for it in connections if it != connection]
        if connections:
            self._sends.append((connections, frames))

    def _frame(
        self, version: int, kind: int, payload: bytes, number: int, addressee: int = HOST_ID
    ) -> bytes:
        return encode_frame(
            kind,
            payload,
            version=version,
            sequence=number,
            player_id=addressee,
            game_id=self.game_id,
        )

    def _players(self) -> PlayerList:
        watchers = sum(hearer.seat is None for hearer in self._audience.values())
        return PlayerList(self._seats.present(), watchers=watchers)

    def _next_number(self) -> int:
        number = self._sequence
        self._sequence = (number + 1) & 0xFFFF
        return number

    def _fast(self) -> list[Hearer]:
        """Return the hearers who are told of a turn at once."""
        return [hearer for hearer in self._audience.values() if not hearer.acknowledges]

    def _seated(self) -> Iterator[tuple[Hearer, int]]:
        """Go through the hearers who have a seat, and their seats, in the order of the seats."""
        for number, seat in self._seats.taken():
            if seat.connection is not None:
                yield self._audience[seat.connection], number

    # Sentences

    def announce(self, text: str) -> None:
        """Tell everybody something in words, at most 47 bytes of them."""
        self.say(Announce(text))

    def players(self) -> None:
        """Tell everybody who is there to play, and how many watch."""
        players = self._players()
        if not self._acknowledging:
            self.say(players)
            return
        self._tell(self._fast(), MessageType.PLAYER_LIST, players.pack())
        for hearer, seat in self._seated():
            if hearer.acknowledges:  # the VIC-20 may learn its seat here
                self.send(hearer, replace(players, capabilities=_capabilities(hearer)), seat)

    def welcome(self, to: Hearer, phase: Phase) -> None:
        """Welcome somebody to their seat, or to watch, with the names of all."""
        number = HOST_ID if to.seat is None else to.seat
        seats, capabilities = len(self._seats), _capabilities(to)
        welcome = Welcome(number, self.game_id, seats, phase, capabilities=capabilities)
        self.send(to, welcome, number)
        for number, taken in self._seats.taken():
            self.send(to, PlayerName(number, taken.name))

    def newcomer(self, number: int, *, but: Hearer | None = None) -> None:
        """Tell everybody, ``but`` one who knows, the name on a seat that has just been taken."""
        others = [hearer for hearer in self._audience.values() if hearer is not but]
        name = PlayerName(number, self._seats[number].name)
        self._tell(others, MessageType.PLAYER_NAME, name.pack())

    def watched(self, to: Hearer, game: RunningGame | None) -> None:
        """Show somebody who watches what everybody sees now."""
        self.send(to, self._players())
        self.table(to, game)

    def table(self, to: Hearer, game: RunningGame | None) -> None:
        """Show somebody who watches the state of the game, if there is one."""
        if game is not None:
            self._send(to, _GAME_STATE, game.game_state())
            if game.is_over:
                self.send(to, game.player_won())
            else:
                self._send(to, _TURN_START, game.turn_start())

    def room(self, to: Hearer, code: str, turn_time_s: float | None) -> None:
        """Tell somebody which room this is; programs may read this line (docs/PROTOCOL.md)."""
        clock = "no turn clock" if turn_time_s is None else f"{turn_time_s:.0f} s a turn"
        self.send(to, Announce(f"Room {code}, {clock}"))

    def hand(self, to: Hearer, seat: int, game: RunningGame) -> None:
        """Send somebody the hand of their seat, the cards beyond 32 in CARD_DRAWN."""
        for kind, payload in game.hand(seat):
            self._send(to, kind, payload, seat)

    def pair(self, to: Hearer, seat: int, game: RunningGame) -> None:
        """Send somebody the whole state and their hand, and how the game ended if it is over."""
        self._send(to, _GAME_STATE, game.game_state())
        self.hand(to, seat, game)
        if game.is_over:
            self.send(to, game.player_won())

    def pair_to_confirm(self, to: Hearer, seat: int, game: RunningGame, now: float) -> None:
        """Send somebody a pair which a slow client has to acknowledge before anything else."""
        self.pair(to, seat, game)
        self._await(to, now, is_over=game.is_over)

    def proof(self, to: Hearer, game: RunningGame) -> None:
        """Tell somebody what proves the deal, as far as it may be told now."""
        for line in game.proof_lines():
            self.send(to, Announce(line))

    def refusal(
        self, to: Hearer, seat: int, refusal: Refusal, cards: tuple[int, ...], game: RunningGame
    ) -> None:
        """Tell somebody that a move with these cards is refused, and which cards they hold."""
        code = _ERROR_CODES.get(refusal, ErrorCode.INVALID_PLAY)
        self.send(to, Error(code, cards), seat)
        self.hand(to, seat, game)

    def deal(self, game: RunningGame, now: float) -> None:
        """Send everybody the start of a game."""
        for line in game.proof_lines():
            self.announce(line)
        for hearer, seat in self._seated():
            self.send(hearer, GameStart(game.view(seat).hand[:CARDS_MAX]), seat)
            if hearer.acknowledges:
                self.pair_to_confirm(hearer, seat, game, now)
            else:
                self.hand(hearer, seat, game)
                self._send(hearer, _GAME_STATE, game.game_state())
        watching = [hearer for hearer in self._audience.values() if hearer.seat is None]
        self._tell(watching, _GAME_STATE, game.game_state())

    def move(
        self, game: RunningGame, taken: ActionTaken, drawn: tuple[int, ...], now: float
    ) -> None:
        """Tell everybody of an action and of the state after it, and the actor of their hand."""
        actor = self._seats[taken.seat].connection
        if actor is not None:
            hearer = self._audience[actor]
            if not isinstance(taken.action, Play):
                self._send(hearer, _CARD_DRAWN, telling.card_drawn(drawn), taken.seat)
            if not hearer.acknowledges:
                self.hand(hearer, taken.seat, game)
        self._say(_TURN_END, game.turn_end(taken, len(drawn)))
        self._say(_GAME_STATE, game.game_state())
        if self._acknowledging:
            for hearer, seat in self._seated():
                if hearer.acknowledges:
                    self.hand(hearer, seat, game)
                    self._await(hearer, now)

    def turn(self, game: RunningGame) -> None:
        """Tell everybody whose turn it is, but slow clients: they have a pair to acknowledge."""
        if self._acknowledging:
            self._tell(self._fast(), _TURN_START, game.turn_start())
        else:
            self._say(_TURN_START, game.turn_start())

    def end(self, game: RunningGame) -> None:
        """Tell everybody how the game ended, and the secrets behind its deal."""
        self._unconfirmed.clear()
        self.say(game.player_won())
        for line in game.revelation_lines():
            self.announce(line)

    # Pairs that slow clients have not acknowledged

    def is_unconfirmed(self, connection: int) -> bool:
        """Tell whether a slow client has yet to acknowledge the pair it was sent."""
        return connection in self._unconfirmed

    def confirm(self, to: Hearer, game: RunningGame) -> None:
        """Take the acknowledgement of the state now, and tell the hearer whose turn it is.

        Also if it had acknowledged that before: its line may have lost the TURN_START.
        """
        self._unconfirmed.pop(to.connection, None)
        if not game.is_over:
            self._send(to, _TURN_START, game.turn_start())

    def repeat_due(self, now: float, game: RunningGame) -> None:
        """Repeat the pairs that have not been acknowledged in time."""
        for connection, repeat in self._unconfirmed.items():
            if repeat.at <= now:
                repeat.wait_s = min(2 * repeat.wait_s, REPEAT_MAX_S)
                repeat.at = now + repeat.wait_s
                hearer = self._audience[connection]
                if hearer.seat is not None:
                    self.pair(hearer, hearer.seat, game)

    def next_repeat(self) -> float | None:
        """Return when a pair is to be repeated, None when none is."""
        if not self._unconfirmed:
            return None
        return min(repeat.at for repeat in self._unconfirmed.values())

    def _await(self, to: Hearer, now: float, *, is_over: bool = False) -> None:
        """Wait for the acknowledgement of a pair that a turn follows, if the client is slow."""
        if to.acknowledges and not is_over:
            self._unconfirmed[to.connection] = _Repeat(now + REPEAT_S, REPEAT_S)


def _by_version(hearers: Iterable[Hearer]) -> list[_Line]:
    """Return the connections of hearers, by transport version."""
    lines: dict[int, list[int]] = {}
    for hearer in hearers:
        lines.setdefault(hearer.version, []).append(hearer.connection)
    return sorted(lines.items())


def _capabilities(hearer: Hearer) -> int:
    """Return the host's capabilities as this hearer is told: those that it has itself."""
    return ACKNOWLEDGES_SYNC if hearer.acknowledges else 0
