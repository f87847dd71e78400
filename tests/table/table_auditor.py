"""Judges whatever a house lets out, against games replayed from its own journal entries.

The auditor shares no state with the tables: from GameStarted it deals a game of its own, takes
every ActionTaken there too, and knows from that what each frame must say and who may read it. What
it asks the house for is who sits where, and which transport version they speak.
"""

import re
from collections.abc import Collection, Iterable
from typing import Any, Final, NamedTuple

from rachel.rubp import (
    CARDS_MAX,
    FRAME_SIZE,
    HOST_ID,
    MAX_SEATS,
    ActionKind,
    Announce,
    CardDrawn,
    Error,
    Frame,
    GameStart,
    GameState,
    HandSync,
    Heartbeat,
    Message,
    PlayerWon,
    TurnEnd,
    TurnStart,
    Welcome,
    decode,
    decode_frame,
    encode_frame,
)
from rachel.rules.actions import Play
from rachel.rules.cards import DECK
from rachel.rules.deal_proof import commitment, state_tag
from rachel.rules.game import Game
from rachel_server.core.entries import (
    ActionTaken,
    Entry,
    GameEnded,
    GameStarted,
    GameStatus,
    StoredGame,
    TokenChanged,
)
from rachel_server.core.floor import table_of
from rachel_server.core.house import SAVING_WORKS, House
from rachel_server.core.outcome import Outcome
from rachel_server.core.reception import SAVING_DELAYED
from rachel_server.core.table import Table

GOODBYE: Final = "The server stops"
_AT_ONCE: Final = (Heartbeat(), *map(Announce, (SAVING_DELAYED, SAVING_WORKS, GOODBYE)))
"""What need not wait for the journal."""
_OF_A_TURN: Final = (GameState, HandSync, TurnEnd, TurnStart)
_CARD_CODE: Final = re.compile(r"\b(?:10|[2-9JQKA])(?:[HDCS]\b|[♥♦♣♠])")
_PROOF_LINE: Final = re.compile(r"Deal proof ([12])/2 ([0-9a-fA-F]{32})")


def written(outcome: Outcome) -> dict[int, bytes]:
    """Return what an outcome has written to each connection."""
    written: dict[int, bytes] = {}
    for connections, data in outcome.sends:
        assert len(set(connections)) == len(connections)
        for connection in connections:
            written[connection] = written.get(connection, b"") + data
    return written


class TaggedGame:
    """A game, with all that it has, that also knows what the wire calls its states."""

    def __init__(self, start: GameStarted) -> None:
        """Deal the game of a journal entry."""
        self.state = Game.deal(len(start.seats), start.seed)
        self.nonce = start.nonce

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a compiled game has no subclasses
        return getattr(self.state, name)

    def tag(self) -> int:
        """Return the tag of the state now (docs/PROTOCOL.md, State tags)."""
        return state_tag(self.state.state_hash(), self.nonce)


def state_message(game: TaggedGame) -> GameState:
    """Return the GAME_STATE that docs/PROTOCOL.md asks for in a state."""
    return GameState(
        current_seat=game.current,
        direction=0 if game.direction == 1 else 1,
        top_card=game.discard[-1],
        nominated_suit=game.nominated_suit,
        pending_draws=game.pending_draws,
        pending_skips=game.pending_skips,
        deck_count=len(game.deck),
        hand_counts=_eight(len(hand) for hand in game.hands),
        game_over=game.is_over,
        survivor=game.survivor,
        turn=game.turn,
        state_hash=game.tag(),
        discard_count=len(game.discard),
        out_mask=sum(2**seat for seat in range(game.seats) if game.out[seat]),
        finish_order=tuple(game.finish_order),
    )


def turn_message(game: TaggedGame, known: int | None = None) -> TurnStart:
    """Return the TURN_START that opens the turn of a state; ``known`` is its hash, if at hand."""
    state_hash = game.tag() if known is None else known
    return TurnStart(game.current, game.turn, game.pending_draws, game.pending_skips, state_hash)


def hand_messages(game: TaggedGame, seat: int) -> list[Message]:
    """Return HAND_SYNC of a seat, and the rest of a hand that is longer than a frame."""
    hand = tuple(game.hands[seat])
    sync = HandSync(hand[:CARDS_MAX], game.turn, game.tag())
    return [sync, CardDrawn(hand[CARDS_MAX:])] if len(hand) > CARDS_MAX else [sync]


def end_message(game: TaggedGame) -> PlayerWon:
    """Return the PLAYER_WON of a game that is over."""
    assert game.survivor is not None
    dealt, taken = [0] * game.seats, [0] * game.seats
    for attacker, target, severity, _ in game.attacks:
        dealt[attacker] += severity
        taken[target] += severity
    return PlayerWon(game.survivor, game.turn, game.tag(), _eight(dealt), _eight(taken))


def _eight(values: Iterable[int]) -> tuple[int, ...]:
    """Return one value for each of eight seats, as frames carry them; 0 for seats not there."""
    given = tuple(values)
    return given + (0,) * (MAX_SEATS - len(given))


def action_message(game: TaggedGame, taken: ActionTaken, drawn: int) -> TurnEnd:
    """Return the TURN_END of an action that led to this state."""
    action = taken.action
    cards = action.cards if isinstance(action, Play) else ()
    order = game.finish_order
    return TurnEnd(
        seat=taken.seat,
        kind=ActionKind.PLAY if isinstance(action, Play) else ActionKind.DRAW,
        cards=cards,
        nominated_suit=action.suit if isinstance(action, Play) else None,
        drawn=drawn,
        next_seat=game.current,
        turn=game.turn,
        finish_position=order.index(taken.seat) if taken.seat in order else None,
        survivor=game.survivor,
        state_hash=game.tag(),
    )


class _Turn(NamedTuple):
    """What may be told of one state: after this many turns, and how it came about."""

    state: GameState
    start: TurnStart
    hands: tuple[tuple[int, ...], ...]
    end: TurnEnd | None = None
    drawn: tuple[int, ...] = ()


class _Audited:
    """What the auditor knows of one run of a table.

    Attributes:
        table: the table, None until it is seen.
        turns: of what frames may tell; the last one is what they must tell, if nothing ever waited.
        waited: whether frames ever waited for the journal longer than a moment.
        number: of the next frame.
    """

    def __init__(self) -> None:
        self.table: Table | None = None
        self.start: GameStarted | None = None
        self.game: TaggedGame | None = None
        self.end: GameEnded | None = None
        self.turns: list[_Turn] = []
        self.secrets: list[bytes] = []
        self.waited = False
        self.number = 0

    def begin(self, start: GameStarted) -> None:
        assert self.start is None, "a table deals once"
        self.start = start
        self.game = TaggedGame(start)
        self.secrets = _spellings(start.seed, start.nonce)
        self._note_turn(None, ())

    def act(self, taken: ActionTaken) -> None:
        game = self.game
        assert game is not None, "an action before the start"
        assert (taken.turn, taken.seat) == (game.turn, game.current)
        before = len(game.hands[taken.seat])
        game.apply(taken.action)
        drawn = () if isinstance(taken.action, Play) else tuple(game.hands[taken.seat][before:])
        self._note_turn(action_message(game, taken, len(drawn)), drawn)
        assert game.state_hash() == taken.state_hash, "not the hash of the state"
        cards = sorted([*game.deck, *game.discard, *(card for hand in game.hands for card in hand)])
        assert cards == sorted(DECK), "cards were lost or made"

    def finish(self, end: GameEnded) -> None:
        game = self.game
        assert game is not None, "an end before the start"
        assert game.is_over == (end.status is GameStatus.FINISHED)
        if game.is_over:
            assert game.survivor is not None
            assert end.places == (*game.finish_order, game.survivor)
        else:
            assert (end.status, end.places) == (GameStatus.ABANDONED, ())
        self.end = end
        self.secrets = []

    def _note_turn(self, end: TurnEnd | None, drawn: tuple[int, ...]) -> None:
        assert self.game is not None
        state = state_message(self.game)
        start = turn_message(self.game, state.state_hash)
        hands = tuple(tuple(hand) for hand in self.game.hands)
        self.turns.append(_Turn(state, start, hands, end, drawn))


def _spellings(seed: int, nonce: bytes) -> list[bytes]:
    """Return every spelling of seed and nonce that must not leave before the end."""
    plain = [seed.to_bytes(8, "big"), seed.to_bytes(8, "little"), nonce]
    spelt = [f"{seed:016x}", nonce.hex()]
    if seed > 0xFFFF_FFFF:  # shorter numbers may stand anywhere by chance
        spelt.append(str(seed))
    return plain + [text.encode() for text in spelt] + [t.upper().encode() for t in spelt]


class Auditor:
    """Audits the outcomes of a house, each the moment it was produced."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._audited: dict[int, _Audited] = {}
        self._games: dict[str, _Audited] = {}
        self._places: dict[tuple[int, Table], tuple[int | None, int]] = {}  # seat and version
        self._named: dict[int, Collection[int]] = {}
        self._unsaved: dict[str, dict[int, int]] = {}  # the turn that each record leads to
        self._record = 0

    def game(self, table: Table) -> TaggedGame:
        """Return the auditor's own replay of the game at a table."""
        game = self._audited[table.game_id].game
        assert game is not None, "no game has started at this table"
        return game

    def started(self, table: Table) -> GameStarted:
        """Return the entry of the start of the game at a table."""
        start = self._audited[table.game_id].start
        assert start is not None, "no game has started at this table"
        return start

    def adopt(self, stored: StoredGame) -> None:
        """Expect the table of a stored game: it must be where its rows leave it."""
        audited = self._audited[stored.start.game_id] = _Audited()
        self._games[stored.start.game] = audited
        audited.begin(stored.start)
        for taken in stored.actions:
            audited.act(taken)
        if stored.end is not None:
            audited.finish(stored.end)
        del audited.turns[:-1]

    def names(self, connection: int, cards: Collection[int]) -> None:
        """Note which cards a connection has named: errors may name these to it."""
        self._named[connection] = cards

    def refused(self, game: str) -> None:
        """Note that the journal refuses a game: its table may only say that it closes."""
        self._unsaved.pop(game, None)

    def judge(self, outcome: Outcome, *, saved: int | None = None) -> None:
        """Judge what follows from one input, or from the journal's having saved so many records."""
        for game, turns in list(self._unsaved.items()):
            left = {number: turn for number, turn in turns.items() if number > (saved or 0)}
            self._unsaved[game] = left
            if not left:
                del self._unsaved[game]
        for game in self._unsaved:
            self._games[game].waited = True
        self._look_round()
        for broken in outcome.broken:  # the numbers of the frames that were lost are lost, too
            for audited in self._audited.values():
                if audited.table is not None and audited.table.room == broken.room:
                    audited.waited = True
        acted: set[str] = set()
        for record in outcome.records:
            self._record += 1
            assert record.sequence == self._record
            entry = record.entry
            assert not (isinstance(entry, ActionTaken) and entry.game in acted), (
                "each action is to be seen by itself"
            )
            if isinstance(entry, ActionTaken):
                acted.add(entry.game)
            self._take_entry(entry)
            played = self._games[entry.game].game
            assert played is not None
            turn = played.turn + isinstance(entry, TokenChanged)
            self._unsaved.setdefault(entry.game, {})[record.sequence] = turn
        self._take_writes(written(outcome), saved=saved is not None)
        for game, audited in self._games.items():
            if not audited.waited and game not in self._unsaved:
                del audited.turns[:-1]

    def _look_round(self) -> None:
        """See which tables there are, and who sits where; who has left is remembered."""
        for game_id, table in self._house.lobby.tables.items():
            audited = self._audited.get(game_id)
            if audited is None or audited.table not in (None, table):
                audited = self._audited[game_id] = _Audited()
            audited.table = table
        for peer in self._house.peers:
            seated_at = table_of(peer)
            if seated_at is not None:
                seat = seated_at.seat_of(peer.connection)
                self._places[peer.connection, seated_at] = seat, peer.version
            elif peer.table is not None:  # it broke off in the same input: a farewell, no cards
                self._places.setdefault((peer.connection, peer.table), (None, peer.version))

    def _take_entry(self, entry: Entry) -> None:
        if isinstance(entry, GameStarted):
            audited = self._games[entry.game] = self._audited[entry.game_id]
            assert audited.table is not None
            assert entry.room == audited.table.room
            audited.begin(entry)
            return
        audited = self._games[entry.game]
        assert audited.end is None or isinstance(entry, TokenChanged), "an entry after the end"
        if isinstance(entry, ActionTaken):
            audited.act(entry)
        elif isinstance(entry, GameEnded):
            audited.finish(entry)
        else:
            assert isinstance(entry, TokenChanged)

    def _take_writes(self, writes: dict[int, bytes], *, saved: bool) -> None:
        """Judge all frames of an outcome; numbers are consecutive over those of a table."""
        said: dict[_Audited, dict[int, tuple[int, bytes]]] = {}
        for connection, data in writes.items():
            places: dict[_Audited, int] = {}
            for start in range(0, len(data), FRAME_SIZE):
                raw = data[start : start + FRAME_SIZE]
                frame = decode_frame(raw)
                if frame.game_id == 0:
                    assert (frame.sequence, frame.player_id) == (0, HOST_ID)
                    assert isinstance(decode(frame), Error | Heartbeat | Announce)
                    continue
                audited = self._audited[frame.game_id]
                place = (frame.sequence - audited.number) & 0xFFFF
                assert place > places.get(audited, -1) or audited.waited, "out of order"
                places[audited] = place
                known = said.setdefault(audited, {})
                if place in known:
                    assert known[place] == (frame.type, frame.payload), "a number used twice"
                    assert frame.player_id == HOST_ID, "a private frame sent to two"
                known[place] = frame.type, frame.payload
                message = self._take_frame(audited, connection, frame, raw)
                unsaved = self._unsaved.get(audited.start.game) if audited.start else None
                if unsaved and message not in _AT_ONCE:
                    turn = message.turn if isinstance(message, _OF_A_TURN) else -1
                    limit = min(unsaved.values()) if saved else -1
                    assert turn < limit, "said before it was saved"
        for audited, known in said.items():
            assert audited.waited or sorted(known) == list(range(len(known))), "a number left out"
            audited.number = (audited.number + len(known)) & 0xFFFF

    def _take_frame(self, audited: _Audited, connection: int, frame: Frame, data: bytes) -> Message:
        """Judge a frame, its number aside; return its message."""
        assert audited.table is not None
        place = self._places.get((connection, audited.table))
        assert place is not None, "a frame to who does not sit here"
        seat, version = place
        assert frame.version == version
        assert not any(secret in data for secret in audited.secrets), "a secret left early"
        message = decode(frame)
        packed = encode_frame(
            frame.type,
            message.pack(),
            version=frame.version,
            sequence=frame.sequence,
            player_id=frame.player_id,
            game_id=frame.game_id,
        )
        assert packed == data, f"bytes nobody reads in {message}"
        assert frame.player_id in (HOST_ID, seat)
        if isinstance(message, GameStart | CardDrawn | HandSync):
            assert seat is not None, "a hand for who has none"
        if isinstance(message, GameStart | CardDrawn | HandSync | Welcome):
            assert frame.player_id == (HOST_ID if seat is None else seat), "not named: its seat"
        _check_message(audited, seat, message, self._named.get(connection, ()))
        return message


def _check_message(
    audited: _Audited, seat: int | None, message: Message, named: Collection[int]
) -> None:
    """Check that what a message says is so, and that its reader may know it."""
    turns = audited.turns if audited.waited else audited.turns[-1:]
    if isinstance(message, Announce):
        _check_announcement(audited, message.text)
    elif isinstance(message, Error):
        assert set(message.cards) <= set(named), "an error that names cards of somebody else"
    elif isinstance(message, GameState):
        assert message in [turn.state for turn in turns]
    elif isinstance(message, TurnStart):
        assert message in [turn.start for turn in audited.turns], "a turn that is not this one"
    elif isinstance(message, TurnEnd):
        assert message in [turn.end for turn in turns]
    elif isinstance(message, PlayerWon):
        assert audited.game is not None
        assert message == end_message(audited.game)
    elif isinstance(message, GameStart | HandSync | CardDrawn):
        assert seat is not None
        assert any(_is_own(message, turn, seat) for turn in turns), "not the hand of who reads it"


def _is_own(message: GameStart | HandSync | CardDrawn, turn: _Turn, seat: int) -> bool:
    """Tell whether cards are those of a seat in this turn, or what it just drew."""
    hand = turn.hands[seat]
    if isinstance(message, GameStart):
        return message.cards == hand and turn.state.turn == 0
    if isinstance(message, HandSync):
        return message == HandSync(hand[:CARDS_MAX], turn.state.turn, turn.state.state_hash)
    end = turn.end
    drew = end is not None and end.seat == seat and end.kind is ActionKind.DRAW
    if drew and message.cards == turn.drawn:  # which may be none
        return True
    return bool(message.cards) and message.cards == hand[CARDS_MAX:]


def _check_announcement(audited: _Audited, text: str) -> None:
    assert not _CARD_CODE.search(text), f"an announcement that names a card: {text}"
    if found := _PROOF_LINE.fullmatch(text):
        assert audited.start is not None
        whole = commitment(audited.start.seed, audited.start.nonce)
        half = whole[:32] if found[1] == "1" else whole[32:]
        assert found[2].lower() == half
