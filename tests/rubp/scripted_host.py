"""A host for client tests: the real engine, its frames for one seat, in the wire's order."""

from collections.abc import Sequence

from rachel.client.session import ClientSession
from rachel.client.updates import Update
from rachel.rubp import (
    HOST_ID,
    ActionKind,
    Announce,
    CardDrawn,
    FrameStream,
    GameStart,
    GameState,
    HandSync,
    Message,
    Phase,
    PlayerEntry,
    PlayerList,
    PlayerName,
    PlayerWon,
    TurnEnd,
    TurnStart,
    Welcome,
    decode,
    encode,
)
from rachel.rules.actions import Action, Play
from rachel.rules.cards import DECK, parse_card
from rachel.rules.game import Game

GAME_ID = 66
TOKEN = bytes(range(1, 9))
MASK = 0x5A5A_0000_FFFF_1234


def framed(*messages: Message, version: int = 2) -> bytes:
    """Return the frames of the messages as a host sends them."""
    return b"".join(
        encode(message, version=version, sequence=1, player_id=HOST_ID, game_id=GAME_ID)
        for message in messages
    )


class ScriptedHost:
    """Runs a game and says what the player of ``seat`` is told of it.

    What it sends as state hash is not the true one, unless ``mask`` is 0: clients must not care.
    """

    def __init__(self, game: Game, seat: int = 0, mask: int = MASK) -> None:
        self.game = game
        self.seat = seat
        self.mask = mask

    def welcome(self, phase: Phase = Phase.WAITING) -> list[Message]:
        """Return what answers a fresh HELLO, or the first part of what answers a reclaim."""
        seats = range(self.game.seats)
        return [
            Welcome(self.seat, GAME_ID, self.game.seats, phase),
            *(PlayerName(seat, f"P{seat}") for seat in seats),
            PlayerList(tuple(PlayerEntry(seat, 0x60) for seat in seats)),
            Announce("Room ABCD, 60 s a turn"),
        ]

    def start(self) -> list[Message]:
        """Return what tells the seat that the cards are dealt."""
        hand = tuple(self.game.hands[self.seat])
        return [GameStart(hand[:32]), *self.hand_sync(), self.state(), self.turn_start()]

    def act(self, action: Action) -> list[Message]:
        """Let the seat to act do ``action``; return what the player of our seat is told.

        Raises:
            IllegalAction: the rules forbid it.
        """
        game = self.game
        actor = game.current
        before = len(game.finish_order)
        played = action.cards if isinstance(action, Play) else ()
        suit = action.suit if isinstance(action, Play) else None
        drawn: tuple[int, ...] = ()
        if isinstance(action, Play):
            game.play(action.cards, action.suit)
        else:
            drawn = game.draw()
        told: list[Message] = []
        if actor == self.seat:
            told += [CardDrawn(drawn)] if drawn else []
            told += self.hand_sync()
        told.append(
            TurnEnd(
                actor,
                ActionKind.PLAY if played else ActionKind.DRAW,
                played,
                suit,
                len(drawn),
                game.current,
                game.turn,
                finish_position=before if len(game.finish_order) > before else None,
                survivor=game.survivor,
                state_hash=self.state_hash(),
            )
        )
        told.append(self.state())
        if game.survivor is None:
            told.append(self.turn_start())
        else:
            dealt, taken = tuple(range(game.seats)), tuple(reversed(range(game.seats)))
            told.append(PlayerWon(game.survivor, game.turn, self.state_hash(), dealt, taken))
        return told

    def state_hash(self) -> int:
        """Return what this host sends as state hash."""
        return self.game.state_hash() ^ self.mask

    def hand_sync(self) -> list[Message]:
        """Return the seat's whole hand, in several messages if it is long."""
        hand = tuple(self.game.hands[self.seat])
        first = HandSync(hand[:32], self.game.turn, self.state_hash())
        return [first, CardDrawn(hand[32:])] if len(hand) > 32 else [first]

    def pair(self) -> list[Message]:
        """Return what answers a SYNC_REQUEST, and ends a reclaim."""
        return [self.state(), *self.hand_sync()]

    def turn_start(self) -> TurnStart:
        """Return the start of the current turn."""
        game = self.game
        return TurnStart(
            game.current, game.turn, game.pending_draws, game.pending_skips, self.state_hash()
        )

    def state(self) -> GameState:
        """Return the public state."""
        game = self.game
        return GameState(
            game.current,
            0 if game.direction == 1 else 1,
            game.top,
            game.nominated_suit,
            game.pending_draws,
            game.pending_skips,
            len(game.deck),
            tuple(map(len, game.hands)),
            game.is_over,
            game.survivor,
            game.turn,
            self.state_hash(),
            len(game.discard),
            sum(1 << seat for seat in range(game.seats) if game.out[seat]),
            tuple(game.finish_order),
        )


def cards(text: str) -> list[int]:
    """Return the cards of a line like ``9C KS``."""
    return [parse_card(code) for code in text.split()]


def sent(data: bytes) -> list[Message]:
    """Return the messages in what a session wants sent."""
    return [decode(frame) for frame in FrameStream().feed(data)]


def position(
    *hands: str,
    top: str = "9H",
    current: int = 0,
    direction: int = 1,
    pending_draws: int = 0,
    pending_skips: int = 0,
    nominated_suit: int | None = None,
    finish_order: Sequence[int] = (),
    turn: int = 0,
    deck: str = "",
) -> Game:
    """Return a game with these hands and the cards of ``top`` discarded.

    Unless it is given, the deck has all the others.
    """
    held = [cards(hand) for hand in hands]
    used = {card for hand in held for card in hand} | set(cards(top))
    return Game(
        hands=held,
        deck=cards(deck) or [card for card in DECK if card not in used],
        discard=cards(top),
        rng_state=1,
        current=current,
        direction=direction,
        pending_draws=pending_draws,
        pending_skips=pending_skips,
        nominated_suit=nominated_suit,
        finish_order=list(finish_order),
        turn=turn,
    )


def seated(
    host: ScriptedHost, *, acknowledge: bool = False, version: int = 2
) -> tuple[ClientSession, list[Update]]:
    """Return a session that has joined the host's table and seen the cards dealt."""
    session = ClientSession("Ann", token=TOKEN, acknowledge=acknowledge, version=version)
    session.hello()
    updates = session.receive(framed(*host.welcome(), *host.start(), version=version))
    return session, updates


def requests(session: ClientSession) -> list[Message]:
    """Return what the session itself wants sent now."""
    return sent(session.outgoing())
