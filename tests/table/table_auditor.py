"""Judges whatever a table produces, against games replayed from the table's own journal entries.

The auditor shares no state with the table: from GameStarted it deals a game of its own, takes every
ActionTaken there too, and knows from that what each frame must say and who may read it.
"""

import re
from collections.abc import Collection, Iterable
from typing import Final

from rachel.rubp import (
    CARDS_MAX,
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
    Message,
    PlayerList,
    PlayerName,
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
from rachel.rules.deal_proof import commitment
from rachel.rules.game import Game
from rachel_server.core.effects import Effects
from rachel_server.core.entries import (
    ActionTaken,
    Entry,
    GameEnded,
    GameStarted,
    GameStatus,
    StoredGame,
)
from rachel_server.core.link import Link
from rachel_server.core.table import Table

_PUBLIC: Final = frozenset(
    kind.TYPE for kind in (TurnEnd, GameState, TurnStart, PlayerWon, PlayerList, PlayerName)
)
_CARD_CODE: Final = re.compile(r"\b(?:10|[2-9JQKA])(?:[HDCS]\b|[♥♦♣♠])")
_PROOF_LINE: Final = re.compile(r"Deal proof ([12])/2 ([0-9a-fA-F]{32})")


def state_message(game: Game) -> GameState:
    """Return the GAME_STATE that rubp.md asks for in a state."""
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
        state_hash=game.state_hash(),
        discard_count=len(game.discard),
        out_mask=sum(2**seat for seat in range(game.seats) if game.out[seat]),
        finish_order=tuple(game.finish_order),
    )


def turn_message(game: Game, known: int | None = None) -> TurnStart:
    """Return the TURN_START that opens the turn of a state; ``known`` is its hash, if at hand."""
    state_hash = game.state_hash() if known is None else known
    return TurnStart(game.current, game.turn, game.pending_draws, game.pending_skips, state_hash)


def hand_messages(game: Game, seat: int) -> list[Message]:
    """Return HAND_SYNC of a seat, and the rest of a hand that is longer than a frame."""
    hand = tuple(game.hands[seat])
    sync = HandSync(hand[:CARDS_MAX], game.turn, game.state_hash())
    return [sync, CardDrawn(hand[CARDS_MAX:])] if len(hand) > CARDS_MAX else [sync]


def end_message(game: Game) -> PlayerWon:
    """Return the PLAYER_WON of a game that is over."""
    assert game.survivor is not None
    dealt, taken = [0] * game.seats, [0] * game.seats
    for attacker, target, severity, _ in game.attacks:
        dealt[attacker] += severity
        taken[target] += severity
    return PlayerWon(game.survivor, game.turn, game.state_hash(), _eight(dealt), _eight(taken))


def _eight(values: Iterable[int]) -> tuple[int, ...]:
    """Return one value for each of eight seats, as frames carry them; 0 for seats not there."""
    given = tuple(values)
    return given + (0,) * (MAX_SEATS - len(given))


def action_message(game: Game, taken: ActionTaken, drawn: int) -> TurnEnd:
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
        state_hash=taken.state_hash,
    )


class _Audited:
    """What the auditor knows of one table."""

    def __init__(self) -> None:
        self.start: GameStarted | None = None
        self.game: Game | None = None
        self.state: GameState | None = None
        self.end: GameEnded | None = None
        self.action: TurnEnd | None = None
        self.drawn: tuple[int, ...] = ()
        self.turns: list[TurnStart] = []  # the turn before the last action, and the one now
        self.secrets: list[bytes] = []
        self.sequence: int | None = None
        self.frame = b""

    def begin(self, start: GameStarted) -> None:
        self.start = start
        self.game = Game.deal(len(start.seats), start.seed)
        self.state = state_message(self.game)
        self.turns = [turn_message(self.game, self.state.state_hash)]
        self.secrets = _spellings(start.seed, start.nonce)


def _spellings(seed: int, nonce: bytes) -> list[bytes]:
    """Return every spelling of seed and nonce that must not leave before the end."""
    plain = [seed.to_bytes(8, "big"), seed.to_bytes(8, "little"), nonce]
    spelt = [f"{seed:016x}", nonce.hex()]
    if seed > 0xFFFF_FFFF:  # shorter numbers may stand anywhere by chance
        spelt.append(str(seed))
    return plain + [text.encode() for text in spelt] + [t.upper().encode() for t in spelt]


class Auditor:
    """Audits the effects of many tables, each the moment it was produced."""

    def __init__(self) -> None:
        self._audited: dict[Table, _Audited] = {}

    def game(self, table: Table) -> Game:
        """Return the auditor's own replay of the game at a table."""
        game = self._audited[table].game
        assert game is not None, "no game has started at this table"
        return game

    def started(self, table: Table) -> GameStarted:
        """Return the entry of the start of the game at a table."""
        start = self._audited[table].start
        assert start is not None, "no game has started at this table"
        return start

    def adopt(self, table: Table, stored: StoredGame) -> None:
        """Take in a restored table: the game must be where its rows leave it."""
        audited = self._audited[table] = _Audited()
        audited.begin(stored.start)
        for taken in stored.actions:
            self._take_action(audited, taken)

    def audit(
        self,
        table: Table,
        effects: Effects,
        *,
        told: tuple[Link, Collection[int]] | None = None,
        leaving: Collection[Link] = (),
    ) -> None:
        """Judge the effects of one input.

        Args:
            table: where it happened.
            effects: what followed.
            told: the link whose message it was, and the cards that message named.
            leaving: links that have left the table since these effects came about.
        """
        audited = self._audited.setdefault(table, _Audited())
        actions = 0
        for entry in effects.entries:
            actions += isinstance(entry, ActionTaken)
            self._take_entry(audited, table, entry)
        assert actions <= 1, "each action is to be seen by itself"
        for link, data in effects.frames:
            assert link.table is table or link in leaving, "a frame to who does not sit here"
            self._take_frame(audited, table, link, data, told)
        if actions == 0 and audited.turns:
            audited.turns = audited.turns[-1:]

    def _take_entry(self, audited: _Audited, table: Table, entry: Entry) -> None:
        assert audited.end is None, "an entry after the end"
        if isinstance(entry, GameStarted):
            assert audited.start is None, "a table deals once"
            assert (entry.game_id, entry.room) == (table.game_id, table.room)
            audited.begin(entry)
            return
        assert audited.start is not None, "an entry before the start"
        assert entry.game == audited.start.game
        if isinstance(entry, ActionTaken):
            self._take_action(audited, entry)
            return
        game = audited.game
        assert game is not None
        assert game.is_over == (entry.status is GameStatus.FINISHED)
        if game.is_over:
            assert game.survivor is not None
            assert entry.places == (*game.finish_order, game.survivor)
        else:
            assert (entry.status, entry.places) == (GameStatus.ABANDONED, ())
        audited.end = entry
        audited.secrets = []

    def _take_action(self, audited: _Audited, taken: ActionTaken) -> None:
        game = audited.game
        assert game is not None
        assert (taken.turn, taken.seat) == (game.turn, game.current)
        before = len(game.hands[taken.seat])
        game.apply(taken.action)
        audited.state = state_message(game)
        assert audited.state.state_hash == taken.state_hash, "the journal's hash is not the state's"
        cards = sorted([*game.deck, *game.discard, *(card for hand in game.hands for card in hand)])
        assert cards == sorted(DECK), "cards were lost or made"
        drawn = 0 if isinstance(taken.action, Play) else len(game.hands[taken.seat]) - before
        audited.drawn = tuple(game.hands[taken.seat][before:]) if drawn else ()
        audited.action = action_message(game, taken, drawn)
        audited.turns = [*audited.turns[-1:], turn_message(game, taken.state_hash)]

    def _take_frame(
        self,
        audited: _Audited,
        table: Table,
        link: Link,
        data: bytes,
        told: tuple[Link, Collection[int]] | None,
    ) -> None:
        if data is audited.frame and data[5] in _PUBLIC and data[4] == link.version:
            return  # one more copy of a broadcast
        assert not any(secret in data for secret in audited.secrets), "a secret left early"
        frame = decode_frame(data)
        message = decode(frame)
        assert frame.version == link.version
        assert frame.game_id == table.game_id
        self._check_number(audited, frame, data)
        packed = encode_frame(
            frame.type,
            message.pack(),
            version=frame.version,
            sequence=frame.sequence,
            player_id=frame.player_id,
            game_id=frame.game_id,
        )
        assert packed == data, f"bytes nobody reads in {message}"
        assert frame.player_id in (HOST_ID, link.seat)
        if isinstance(message, GameStart | CardDrawn | HandSync | Welcome):
            assert frame.player_id == link.seat, "a private frame names its seat"
        _check_message(audited, link, message, told)

    def _check_number(self, audited: _Audited, frame: Frame, data: bytes) -> None:
        """Numbers are consecutive over the table; copies of a broadcast share one."""
        if audited.sequence is not None:
            if frame.sequence == audited.sequence:
                last = decode_frame(audited.frame)
                same = (last.type, last.player_id, last.payload)
                assert (frame.type, frame.player_id, frame.payload) == same, "a number used twice"
                assert frame.player_id == HOST_ID, "a private frame sent to two"
            else:
                assert frame.sequence == (audited.sequence + 1) & 0xFFFF, "a number left out"
        audited.sequence, audited.frame = frame.sequence, data


def _check_message(
    audited: _Audited, link: Link, message: Message, told: tuple[Link, Collection[int]] | None
) -> None:
    """Check that what a message says is so, and that its reader may know it."""
    game = audited.game
    if isinstance(message, Announce):
        _check_announcement(audited, message.text)
    elif isinstance(message, Error):
        named = told[1] if told is not None and told[0] is link else ()
        assert set(message.cards) <= set(named), "an error that names cards of somebody else"
    elif isinstance(message, GameState):
        assert message == audited.state
    elif isinstance(message, TurnStart):
        assert message in audited.turns, "a turn that is not this one"
    elif isinstance(message, TurnEnd):
        assert message == audited.action
    elif isinstance(message, PlayerWon):
        assert game is not None
        assert message == end_message(game)
    elif isinstance(message, GameStart):
        assert game is not None
        assert message.cards == tuple(game.hands[link.seat])
    elif isinstance(message, HandSync):
        assert game is not None
        assert audited.state is not None
        hand = tuple(game.hands[link.seat][:CARDS_MAX])
        known = audited.state.state_hash
        assert message == HandSync(hand, game.turn, known), "not the hand of who reads it"
    elif isinstance(message, CardDrawn):
        assert game is not None
        hand = tuple(game.hands[link.seat])
        drew = audited.action is not None and audited.action.seat == link.seat
        own = [hand[CARDS_MAX:], audited.drawn if drew else ()]
        assert message.cards, "an empty CARD_DRAWN"
        assert message.cards in own, "cards that the reader did not get"


def _check_announcement(audited: _Audited, text: str) -> None:
    assert not _CARD_CODE.search(text), f"an announcement that names a card: {text}"
    if found := _PROOF_LINE.fullmatch(text):
        assert audited.start is not None
        whole = commitment(audited.start.seed, audited.start.nonce)
        half = whole[:32] if found[1] == "1" else whole[32:]
        assert found[2].lower() == half
