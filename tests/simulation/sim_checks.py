"""The judges of a simulation.

They read what the disk has and what passes between the servers' sessions and the network, and
know nothing of the house: each game is replayed here from its own journal entries, and every frame
is held against that replay.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from table_auditor import TaggedGame, action_message, end_message, state_message, turn_message

from rachel.client.session import ClientSession
from rachel.rubp import (
    CARDS_MAX,
    FRAME_SIZE,
    HOST_ID,
    MAGIC,
    NO_TOKEN,
    Announce,
    CardDrawn,
    DrawCard,
    Error,
    Frame,
    FrameStream,
    GameStart,
    HandSync,
    Heartbeat,
    Hello,
    Message,
    MessageError,
    MessageType,
    Phase,
    Platform,
    PlayCard,
    PlayerName,
    TurnEnd,
    Welcome,
    decode,
    decode_frame,
    type_of,
)
from rachel.rules.actions import Action, Play
from rachel.rules.cards import DECK
from rachel.rules.deal_proof import state_tag
from rachel.rules.game import Game
from rachel.rules.view import view_for
from rachel_server.core.entries import (
    ActionTaken,
    Entry,
    GameEnded,
    GameStarted,
    GameStatus,
    Record,
    StoredGame,
    TokenChanged,
)
from rachel_server.core.floor import CANNOT_GO_ON, CANNOT_SAVE
from rachel_server.core.gate import WAITING_BYTES_MAX
from rachel_server.core.house import SAVING_WORKS
from rachel_server.core.peers import HELLO_LIMIT_S, SILENCE_MAX_S
from rachel_server.core.reception import SAVING_DELAYED, TOO_MANY_HELLOS
from rachel_server.edge.session import FRAMES_PER_WAKE, OUTGOING_BYTES_MAX
from rachel_server.fakes.disk import FakeDisk
from rachel_server.fakes.network import FakeWire
from rachel_server.fakes.time import FakeTime

_PRIVATE: Final = {MessageType.GAME_START, MessageType.HAND_SYNC, MessageType.CARD_DRAWN}
_PUBLIC: Final = {
    MessageType.GAME_STATE,
    MessageType.TURN_START,
    MessageType.TURN_END,
    MessageType.PLAYER_WON,
}
_AT_ONCE: Final = (
    Heartbeat(),
    *map(Announce, (SAVING_DELAYED, SAVING_WORKS, CANNOT_SAVE, CANNOT_GO_ON, TOO_MANY_HELLOS)),
)
"""What does not wait for the journal, not even behind a WELCOME that does."""
_ONE_WRITE_MAX: Final = WAITING_BYTES_MAX + 16 * 1024
"""Bytes of one write: what may wait for the journal, and what one input adds."""
_EARLY_S: Final = 10.0
"""How much of a turn's time commits may cost that are slow, but do not fail."""
_TURN_MAX_S: Final = 1500.0
"""How long the people here may take for a turn without a clock."""
_VIC_20_GAP_S: Final = 0.0719
_HEARTBEATS: Final = 160, 25.0
"""Heartbeats of one connection that may be answered: at once, and a second."""


class Replay:
    """A game, replayed from its journal entries, and all that may be said of it to whom.

    Attributes:
        start: its first entry.
        game: the state it has come to.
        end: its last entry, None while it is being played.
        public: the payloads that everybody may hear, each with its turn.
        private: the payloads that each seat may hear.
        waits_s: how long it has been somebody's turn while people were there and could be saved.
        tokens: the hash of each seat's token, and until when it was that.
    """

    def __init__(self, start: GameStarted) -> None:
        self.start = start
        self.game = TaggedGame(start)
        self.end: GameEnded | None = None
        self.waits_s = 0.0
        self.public: dict[tuple[int, bytes], int] = {}
        self.private: list[dict[tuple[int, bytes], int]] = [{} for _ in start.seats]
        self.tokens = [[(seat.token_hash, float("inf"))] for seat in start.seats]
        for seat, hand in enumerate(self.game.hands):
            self._tell(self.private[seat], GameStart(tuple(hand)))
        self._note_turn()

    def take(self, entry: Entry, now: float) -> None:
        """Take the next entry of the game."""
        assert self.end is None or isinstance(entry, TokenChanged), "an entry after the end"
        game = self.game
        self.waits_s = 0.0
        if isinstance(entry, ActionTaken):
            assert (entry.turn, entry.seat) == (game.turn, game.current), "lost, or saved twice"
            held = len(game.hands[entry.seat])
            game.apply(entry.action)
            drawn = () if isinstance(entry.action, Play) else game.hands[entry.seat][held:]
            assert game.state_hash() == entry.state_hash, "another state than the one stored"
            cards = [*game.deck, *game.discard, *(card for hand in game.hands for card in hand)]
            assert sorted(cards) == sorted(DECK), "cards were lost or made"
            self._tell(self.public, action_message(game, entry, len(drawn)))
            if drawn:
                self._tell(self.private[entry.seat], CardDrawn(tuple(drawn)))
            self._note_turn()
        elif isinstance(entry, GameEnded):
            self.end = entry
            assert game.is_over == (entry.status is GameStatus.FINISHED)
            order = (*game.finish_order, game.survivor) if game.is_over else ()
            assert entry.places == order
        else:
            assert isinstance(entry, TokenChanged)
            before = self.tokens[entry.seat]
            before[-1] = before[-1][0], now
            before.append((entry.token_hash, float("inf")))

    def _note_turn(self) -> None:
        game = self.game
        tag = game.tag()
        self._tell(self.public, state_message(game))
        if game.is_over:
            self._tell(self.public, end_message(game))
        else:
            self._tell(self.public, turn_message(game, tag))
        for seat, cards in enumerate(game.hands):
            hand = tuple(cards)
            self._tell(self.private[seat], HandSync(hand[:CARDS_MAX], game.turn, tag))
            if len(hand) > CARDS_MAX:
                self._tell(self.private[seat], CardDrawn(hand[CARDS_MAX:]))

    def _tell(self, to: dict[tuple[int, bytes], int], message: Message) -> None:
        to[type_of(message), message.pack()] = self.game.turn


class _Heard:
    """What has passed over one connection, as far as its server can know of it.

    Attributes:
        hellos: the hash of the token of each HELLO, and when it came.
        seat: where it sits, or has sat last; None for who watches.
        game_id: at which table.
        replay: the game there, None before the deal.
        turn: to which it has heard the game, None before the first state.
        turn_began_at: when it heard that the turn before has ended, None if it did not.
        missed: whether a bot has played its last turn.
    """

    def __init__(self, now: float) -> None:
        self.stream = FrameStream()
        self.frames = 0
        self.heard_at = now
        self.hellos: list[tuple[bytes | None, float]] = []
        self.asked: list[tuple[int, PlayCard | DrawCard]] = []
        self.beats = self.is_paced = self.missed = self.away = False
        self.answered = 0
        self.written_at = 0.0
        self.seat: int | None = None
        self.game_id = 0
        self.replay: Replay | None = None
        self.turn: int | None = None
        self.turn_began_at: float | None = None
        self.is_late = False


class Witness:
    """Sees everything that reaches a disk and everything that servers receive and send (`Tap`).

    Attributes:
        replays: the games on the disk, by name.
        frames: how many frames have left.
    """

    def __init__(self, time: FakeTime, disk: FakeDisk) -> None:
        self.replays: dict[str, Replay] = {}
        self.frames = 0
        self._time = time
        self._disk = disk
        disk.appended = self._appended
        self._read = 0
        self._newest: dict[int, Replay] = {}  # by the id that the game has on the wire
        self._heard: dict[FakeWire, _Heard] = {}
        self._holders: dict[tuple[object, int, int], FakeWire] = {}
        self._starts: dict[str, GameStarted] = {}
        self._tokens: dict[str, set[bytes | None]] = {}
        self._renewed: dict[tuple[str, int], bytes | None] = {}
        self._acted_at: dict[tuple[str, int], float] = {}
        self._ending: set[str] = set()
        self._tags: dict[tuple[str, int], int] = {}
        self._speaker: tuple[int, list[tuple[int, PlayCard | DrawCard]]] = 0, []
        self._looked_at = time.now

    # The disk

    def read(self) -> None:
        """Take in what is durable by now."""
        entries = self._disk.entries
        while self._read < len(entries):
            entry = entries[self._read]
            self._read += 1
            if isinstance(entry, GameStarted):
                assert entry.game not in self.replays, "a game that was saved twice"
                self.replays[entry.game] = self._newest[entry.game_id] = Replay(entry)
            else:
                self.replays[entry.game].take(entry, self._time.now)

    def has_seat(self, game_id: int, token: bytes, refused: set[str]) -> bool | None:
        """Tell whether a token is one of a running game; None where that is not to be expected."""
        self.read()
        replay = self._newest.get(game_id)
        if replay is None or replay.end is not None or token == NO_TOKEN:
            return None
        game = replay.start.game
        if game in self._disk.aside or game in refused or game in self._ending:
            return None
        known = _hash(token)
        for number, seat in enumerate(replay.tokens):
            hashes = [token_hash for token_hash, _ in seat]
            if known in hashes:
                newest = self._renewed.get((game, number), hashes[-1])
                return True if known == newest == hashes[-1] else None
        return False

    def _appended(self, records: Sequence[Record]) -> None:
        """Look at records on their way to the disk."""
        for record in records:
            entry = record.entry
            if isinstance(entry, GameStarted):
                self._starts[entry.game] = entry
                self._tokens[entry.game] = {seat.token_hash for seat in entry.seats} - {None}
            elif isinstance(entry, TokenChanged):
                self._tokens[entry.game].add(entry.token_hash)
                self._renewed[entry.game, entry.seat] = entry.token_hash
            elif isinstance(entry, GameEnded):
                self._ending.add(entry.game)
            else:
                self._acted_at[entry.game, entry.turn] = self._time.awake_s
                nonce = self._starts[entry.game].nonce
                tag = state_tag(entry.state_hash, nonce)
                self._tags[entry.game, entry.turn + 1] = tag
                self._judge_cause(entry)
                there = (heard for heard in self._heard.values() if self._is_of(entry.game, heard))
                assert any(there), "a game goes on although nobody is there"

    def _judge_cause(self, taken: ActionTaken) -> None:
        """Judge whether an action that follows from what somebody said is what they asked for."""
        step, asked = self._speaker
        if step == self._time.steps:
            game_id = self._starts[taken.game].game_id
            before = self._tags.get((taken.game, taken.turn))
            assert any(
                said_of in (0, game_id)
                and (before is None or message.observed_hash in (None, before))
                and _is_asked(taken.action, message)
                for said_of, message in asked
            ), "an action that was not asked for"

    def _is_of(self, game: str, heard: _Heard) -> bool:
        """Tell whether a connection is one of a person of a game."""
        if heard.seat is not None and heard.game_id == self._starts[game].game_id:
            return True
        return any(token in self._tokens[game] for token, _ in heard.hellos)

    # What servers receive

    def opened(self, wire: FakeWire) -> None:
        """Note a connection that a server has taken."""
        self._heard[wire] = _Heard(self._time.awake_s)

    def received(self, wire: FakeWire, data: bytes) -> None:
        """Note what a server is about to hear."""
        heard = self._heard[wire]
        self._speaker = self._time.steps, heard.asked
        for frame in heard.stream.feed(data):
            heard.heard_at = self._time.awake_s
            heard.frames += 1
            try:
                message = decode(frame)
            except MessageError:
                continue
            if isinstance(message, Hello):
                heard.hellos.append((_hash(message.token), self._time.now))
                heard.is_paced = message.platform == Platform.VIC_20
            elif isinstance(message, PlayCard | DrawCard):
                heard.asked.append((frame.game_id, message))
            elif isinstance(message, Heartbeat):
                heard.beats = True

    def closed(self, wire: FakeWire) -> None:
        """Note that a connection is over for its server."""
        del self._heard[wire]

    def look_round(self) -> None:
        """Find connections that should have been ended; one may be found late only once."""
        now = self._time.now
        for heard in self._heard.values():
            silent = self._time.awake_s - heard.heard_at
            is_late = (heard.beats and silent > SILENCE_MAX_S + 8.0) or (
                not heard.hellos and silent > HELLO_LIMIT_S + 1.0 and not heard.beats
            )
            assert not (is_late and heard.is_late), "a connection is left open that is long dead"
            heard.is_late = is_late
        waited_s, self._looked_at = min(10.0, now - self._looked_at), now
        there = {id(heard.replay) for heard in self._heard.values() if heard.seat is not None}
        for replay in self.replays.values():
            if id(replay) in there and replay.end is None and not self._disk.is_failing:
                replay.waits_s += waited_s
                clock = replay.start.turn_time_s
                limit = _TURN_MAX_S if clock is None else 4 * clock + 60.0
                assert replay.waits_s < limit, "a table does not go on"

    # What servers send

    def sent(self, wire: FakeWire, data: bytes) -> None:
        """Judge what leaves a session."""
        heard, now = self._heard[wire], self._time.now
        assert wire.get_write_buffer_size() <= OUTGOING_BYTES_MAX, "too much waits for a peer"
        assert len(data) <= _ONE_WRITE_MAX, "too much has waited for the journal"
        if not data.startswith(MAGIC):
            assert not heard.frames, "something that is no frame, to a player"
            return
        if heard.is_paced and heard.seat is not None:
            assert len(data) == FRAME_SIZE, "frames without a pause between them"
            assert now - heard.written_at > _VIC_20_GAP_S, "frames without a pause between them"
            heard.written_at = now
        self.read()
        beats = 0
        for start in range(0, len(data), FRAME_SIZE):
            frame = decode_frame(data[start : start + FRAME_SIZE])
            self.frames += 1
            beats += frame.type == MessageType.HEARTBEAT
            self._judge(wire, heard, frame)
        assert beats <= FRAMES_PER_WAKE, "others wait for one who talks without pause"
        heard.answered += beats
        at_once, a_second = _HEARTBEATS
        assert heard.answered <= at_once + a_second * (now - wire.opened_at), "a flood is answered"

    def _judge(self, wire: FakeWire, heard: _Heard, frame: Frame) -> None:
        kind = MessageType(frame.type)
        if kind in _PUBLIC or kind in _PRIVATE:
            assert frame.game_id == heard.game_id, "a frame of a table that it has left"
            self._judge_of_game(wire, heard, frame)
            return
        message = decode(frame)  # every frame makes sense
        if isinstance(message, Welcome):
            self._judge_welcome(wire, heard, message)
            return
        if message in _AT_ONCE:
            return
        if isinstance(message, Error):  # may overtake a WELCOME as well
            named = {c for _, said in heard.asked if isinstance(said, PlayCard) for c in said.cards}
            assert named.issuperset(message.cards), "cards that it has not named"
            return
        assert frame.game_id in (0, heard.game_id), "a frame of a table that it has left"
        if isinstance(message, PlayerName):
            if heard.replay is not None:
                assert heard.replay.start.seats[message.seat].name == message.name
        elif isinstance(message, Announce):
            self._judge_words(heard, message.text)
        else:
            assert kind is MessageType.PLAYER_LIST

    def _judge_welcome(self, wire: FakeWire, heard: _Heard, welcome: Welcome) -> None:
        """Judge who sits down where."""
        seat = None if welcome.player_id == HOST_ID else welcome.player_id
        if welcome.phase is Phase.WAITING:
            replay = None
        else:
            replay = self._newest[welcome.game_id]
            sat = heard.game_id == welcome.game_id and heard.seat == seat
            assert seat is None or sat or _may_sit(heard, replay, seat), "on somebody else's seat"
        heard.game_id, heard.seat, heard.replay = welcome.game_id, seat, replay
        heard.turn = heard.turn_began_at = None
        heard.missed = heard.away = False
        if seat is not None:
            self._holders[wire.host, welcome.game_id, seat] = wire

    def _judge_of_game(self, wire: FakeWire, heard: _Heard, frame: Frame) -> None:
        """Judge a frame that tells of a game: it is durable, and this seat's to know, now."""
        key = frame.type, frame.payload
        replay = heard.replay
        if replay is None:
            replay = heard.replay = self._newest[frame.game_id]
            if heard.seat is not None and replay.start.seats[heard.seat].account is None:
                assert _may_sit(heard, replay, heard.seat), "dealt to somebody else's seat"
        seat = heard.seat
        if frame.type in _PRIVATE:
            assert seat is not None, "a hand to who has none"
            assert frame.player_id == seat
            is_here = self._holders[wire.host, heard.game_id, seat] is wire
            assert is_here or heard.is_paced, "a hand to who has left"
            assert key in replay.private[seat], "not this seat's hand, or not durable"
            if frame.type == MessageType.HAND_SYNC and heard.turn is not None:
                turn = replay.private[seat][key]
                assert turn in (heard.turn, heard.turn + 1), "the hand of another turn"
            return
        assert key in replay.public, "no state of the game, or not a durable one"
        turn = replay.public[key]
        if frame.type == MessageType.TURN_END:
            assert heard.turn is not None
            assert turn == heard.turn + 1, "a turn was left out, or told twice"
            self._judge_turn(heard, replay, frame)
            heard.turn_began_at = self._time.awake_s
        else:
            assert heard.turn in (None, turn), "the state of another turn"
        heard.turn = turn

    def _judge_turn(self, heard: _Heard, replay: Replay, frame: Frame) -> None:
        """Judge whether somebody had their time before the host has played for them."""
        message = decode(frame)
        assert isinstance(message, TurnEnd)
        was_away, heard.away = heard.away, False
        if message.seat != heard.seat:
            return
        is_first, heard.missed = not heard.missed, was_away
        began_at, clock = heard.turn_began_at, replay.start.turn_time_s
        if not was_away or not is_first or heard.is_paced or began_at is None:
            return
        assert clock is not None, "a bot plays although there is no clock"
        waited_s = self._acted_at[replay.start.game, message.turn - 1] - began_at
        assert waited_s >= clock - _EARLY_S, "a bot plays too early"

    def _judge_words(self, heard: _Heard, text: str) -> None:
        """Judge a line of text: no secret of a game leaves before its end is durable."""
        heard.away = heard.away or text.endswith("is away: a bot plays this turn")
        replay = heard.replay or self._newest.get(heard.game_id)
        if replay is not None and not replay.game.is_over:
            secrets = f"{replay.start.seed:016x}", replay.start.nonce.hex()
            assert not any(secret in text.lower() for secret in secrets), "the deal's secret"

    def game_of(self, wire: FakeWire) -> str | None:
        """Return the name of the game that a connection has heard last."""
        heard = self._heard.get(wire)
        return None if heard is None or heard.replay is None else heard.replay.start.game


def _hash(token: bytes) -> bytes | None:
    return None if token == NO_TOKEN else sha256(token).digest()


def _is_asked(action: Action, message: PlayCard | DrawCard) -> bool:
    """Tell whether an action is what a message asks for; a card that can lead may come first."""
    if isinstance(action, Play) and isinstance(message, PlayCard):
        return {*action.cards} == {*message.cards} and action.suit == message.nominated_suit
    return not isinstance(action, Play) and isinstance(message, DrawCard)


def _may_sit(heard: _Heard, replay: Replay, seat: int) -> bool:
    """Tell whether one of the HELLOs of a connection had the token of a seat, while it was that."""
    return any(
        token == known and came_at <= until
        for token, came_at in heard.hellos
        for known, until in replay.tokens[seat]
    )


@dataclass(frozen=True)
class Ending:
    """What a player saw at the end of a game: the session then, and the game's stored id."""

    game: str
    seat: int
    session: ClientSession
    known: tuple[object, ...]
    totals: tuple[tuple[int, ...] | None, tuple[int, ...] | None]


def what_is_known(session: ClientSession) -> tuple[object, ...]:
    """Return everything a session knows of its game, comparable."""
    assert session.view is not None
    view = session.view
    return view.seat, view.hand, replace(view.public, seen=())


def check_ending(ending: Ending, game: Game) -> None:
    """Check that what a player saw at the end is what the journal's game came to."""
    assert game.is_over
    view = view_for(game, ending.seat)
    assert ending.known == (view.seat, view.hand, replace(view.public, seen=()))
    dealt, taken = ending.totals
    if dealt is not None and taken is not None:
        for seat in range(game.seats):
            assert dealt[seat] == sum(s for a, _, s, _ in game.attacks if a == seat)
            assert taken[seat] == sum(s for _, t, s, _ in game.attacks if t == seat)


def check_ends(games: dict[str, StoredGame], witness: Witness, given_up: set[str]) -> None:
    """Check that every game on a disk has an end, those left out that could not have one."""
    witness.read()
    for name, stored in games.items():
        assert stored.end is not None or name in given_up, "a game without an end"
        assert witness.replays[name].end == stored.end
        assert stored.end is None or stored.end.status is stored.status
