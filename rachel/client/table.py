"""What a client knows of its table, from the host's messages alone.

The host is not trusted: text is cleaned, seats and cards are checked, and a message that cannot be
right changes nothing. A state and a hand that do not agree lead to a SYNC_REQUEST
(docs/PROTOCOL.md, Asking for everything).
"""

import re
from typing import Final

from rachel.client.own_move import OwnMove
from rachel.client.roster import Roster
from rachel.client.state import checked_cards, checked_seat
from rachel.client.sync import SyncPair
from rachel.client.updates import (
    Announced,
    GameOver,
    GameStarted,
    HandChanged,
    HostTooNew,
    Moved,
    MovedMeanwhile,
    PlaysElsewhere,
    ProofAnnounced,
    Refused,
    Rejected,
    Resyncing,
    RosterChanged,
    StateChanged,
    TimeTold,
    TurnStarted,
    Update,
    Welcomed,
)
from rachel.rubp import (
    HOST_ID,
    MAX_SEATS,
    SPEC_VERSION,
    ActionKind,
    Announce,
    CardDrawn,
    Error,
    ErrorCode,
    GameStart,
    GameState,
    HandSync,
    Heartbeat,
    Message,
    MessageError,
    Phase,
    PlayerList,
    PlayerName,
    PlayerWon,
    SyncRequest,
    TurnEnd,
    TurnStart,
    Welcome,
)
from rachel.rules.actions import DRAW, IllegalAction, Play, Refusal
from rachel.rules.cards import is_card
from rachel.rules.deal_proof import DealProof
from rachel.rules.view import PublicView, SeatView
from rachel.text import clean_text

_FINAL: Final = frozenset({ErrorCode.LOBBY_FULL, ErrorCode.GAME_IN_PROGRESS, ErrorCode.NAME_TAKEN})
_ROOM_LINE: Final = re.compile(
    r"Room (?P<room>[A-Z0-9]{1,8}), (?:(?P<seconds>[0-9]{1,5}) s a turn|no turn clock)"
)
_AGAIN_LINE: Final = re.compile(r"(?P<name>.+) plays again in room [A-Z0-9]{1,8}")
_TIME_LINE: Final = re.compile(r"([0-9]{1,5}) s left in this turn")


class ClientTable:
    """The table as one of its clients knows it.

    Two things happen without a message of the host, and the session reports them here: it said
    HELLO (`connected`, `asked_for_rematch`), or it sent an action (`acted`).

    Attributes:
        room: the table's room code as far as known, in capitals.
        game_id: the table's id, 0 before the first WELCOME.
        phase: where the table stands, None before the first WELCOME.
        watches: whether we only watch: then there is no seat, no hand and no view.
        seat: our seat, None before the first WELCOME.
        seats: how many seats the table has, 0 before the first WELCOME.
        roster: who sits there, and how many watch.
        turn_time_s: seconds a turn may take; None when there is no clock or the host has not said.
        attack_dealt: summed severities per seat, known at the end of a game; attack_taken likewise.
        challenger: who has asked for another game in this room; empty while nobody is known to.
        proof: what was announced to prove that the deal was fair.
        wanted: requests and acknowledgements to be sent; the sender empties the list.
    """

    def __init__(self, *, room: str = "", game_id: int = 0, watches: bool = False) -> None:
        self.watches = watches
        self.room = room
        self.game_id = game_id
        self.phase: Phase | None = None
        self.seat: int | None = None
        self.seats = 0
        self.roster = Roster()
        self.turn_time_s: int | None = None
        self.attack_dealt: tuple[int, ...] | None = None
        self.attack_taken: tuple[int, ...] | None = None
        self.challenger = ""
        self.proof = DealProof()
        self.wanted: list[SyncRequest] = []
        self._pair = SyncPair()
        self._greeting = False  # a HELLO of ours has not been answered yet
        self._pair_awaited = False  # a whole pair is on its way, out of turn
        self._pair_unconfirmed = False  # the state held has not been acknowledged
        self._asked_in: int | None = None  # the turn of our last request after a mismatch
        self._own_move = OwnMove()
        self._end_told = False
        self._left_with: tuple[int, ...] | None = None  # our hand when the connection was lost

    @property
    def names(self) -> list[str]:
        """One name per seat, cleaned; seats without a name so far are called Seat 1, Seat 2..."""
        return self.roster.names(self.seats)

    @property
    def public(self) -> PublicView | None:
        """What everybody sees of the game; None before the deal, and until our hand is known."""
        return self._pair.public if self.watches or self._pair.hand is not None else None

    @property
    def view(self) -> SeatView | None:
        """The public state and our own hand, None until both are known."""
        if self.seat is None or self.public is None or self._pair.hand is None:
            return None
        return SeatView(self.seat, self._pair.hand, self.public)

    @property
    def prompt(self) -> bool:
        """Whether it is for us to act now: our turn has started and no action is on its way."""
        return self.view is not None and self.why_no_prompt(self.view) is None

    def why_no_prompt(self, view: SeatView) -> IllegalAction | None:
        """Return why it is not for us to act now, or None when it is."""
        if self.phase is Phase.FINISHED or view.public.is_over:
            return IllegalAction(Refusal.GAME_ALREADY_OVER, "the game is over")
        if not view.is_my_turn:
            name = self.names[view.public.current]
            return IllegalAction(Refusal.NOT_YOUR_TURN, f"it is the turn of {name}")
        return self._own_move.why_not(view.public.turn)

    @property
    def state_hash(self) -> int | None:
        """The hash of the state held, as the host sent it; None when it did not."""
        return self._pair.state_hash

    def connected(self) -> None:
        """Note that a new connection began with our HELLO: what the old one left open is void."""
        self.wanted.clear()
        self._forget_turns()
        self._left_with = self._pair.hand
        self._pair.doubt_hand()
        self._greeting = True

    def asked_for_rematch(self) -> None:
        """Note that our HELLO asked for a new table on the connection we have."""
        self.game_id = 0
        self._greeting = True

    def acted(self) -> None:
        """Note that our action is on its way: until it is answered we are not to act again."""
        self._own_move.send(self._pair.turn)
        self._pair.end_of_hand()

    def sync_request(self) -> SyncRequest:
        """Return the request for state and hand; until they come the hand held is in doubt."""
        self._pair_awaited = True
        self._pair.doubt_hand()
        return SyncRequest(self._pair.turn, self._pair.state_hash)

    def take(self, message: Message, updates: list[Update]) -> None:
        """Take a message of the host and append what it changed to ``updates``.

        Raises:
            MessageError: it cannot be right, and changed nothing.
        """
        self._settle(message, updates)
        match message:
            case Welcome():
                self._take_welcome(message, updates)
            case Error():
                self._take_error(message, updates)
            case Announce():
                self._take_announcement(message, updates)
            case Heartbeat():
                pass
            case _ if self.phase is None:
                raise MessageError("not_welcomed", "a table's message before WELCOME")
            case PlayerName() | PlayerList():
                self._take_roster(message, updates)
            case GameStart() | HandSync() | CardDrawn() if self.watches:
                raise MessageError("not_for_watchers", "a hand, and we have no seat")
            case GameStart():
                self._take_start(message, updates)
            case GameState():
                self._take_state(message, self.seat, updates)
            case HandSync() | CardDrawn():
                self._take_hand(message, self.seat, updates)
            case TurnStart():
                self._take_turn_start(message, updates)
            case TurnEnd():
                self._take_turn_end(message, updates)
            case PlayerWon():
                self._take_end(message, updates)
            case _:
                raise MessageError("not_for_clients", "a host does not send this")

    def _settle(self, message: Message, updates: list[Update]) -> None:
        """Compare state and hand, unless the message may be a further part of the hand."""
        if self.phase is None or isinstance(message, HandSync | CardDrawn):
            return
        self._pair.end_of_hand()
        if not isinstance(message, GameState):
            self._own_move.forgive()
        if reason := self._pair.disagreement(self.seat):
            self._resync(reason, updates)

    def _forget_turns(self) -> None:
        """Know nothing of started turns, of actions and of requests on their way."""
        self._asked_in = None
        self._own_move.forget()

    def _take_welcome(self, welcome: Welcome, updates: list[Update]) -> None:
        watches = self.watches and welcome.player_id == HOST_ID
        seat = None if watches else checked_seat(welcome.player_id, MAX_SEATS)
        if not welcome.game_id or welcome.player_count > MAX_SEATS:
            raise MessageError("bad_value", "a table has an id and at most 8 seats")
        if welcome.spec > SPEC_VERSION:
            self.game_id = welcome.game_id  # for `ClientSession.goodbye`
            self._greeting = False
            updates.append(HostTooNew(welcome.spec))
            return
        if self.watches and seat is not None:  # a host that does not know the bit: not ours to take
            updates.append(Rejected(ErrorCode.UNKNOWN))
            return
        if self.game_id != welcome.game_id or self.seat != seat:
            self.roster = Roster()
            self._pair = SyncPair()
            self.proof = DealProof()
            self.turn_time_s = self.attack_dealt = self.attack_taken = None
            self.challenger = ""
            self._end_told = False
            self._left_with = None
            self._forget_turns()
        self.seat = seat
        self.seats = max(welcome.player_count, 0 if seat is None else seat + 1)
        self.game_id = welcome.game_id
        self.phase = welcome.phase
        self._greeting = False
        self._pair_awaited = welcome.phase is not Phase.WAITING
        updates.append(Welcomed(seat, welcome.phase))

    def _take_error(self, error: Error, updates: list[Update]) -> None:
        if error.code is ErrorCode.NAME_TAKEN and not self._greeting and self.seat is not None:
            updates.append(PlaysElsewhere())
            return
        if self._greeting or error.code in _FINAL:
            self._greeting = False
            updates.append(Rejected(error.code))
            return
        self._own_move.refuse()
        if error.code is ErrorCode.UNKNOWN:  # our action was stale: a fresh pair follows
            self._pair_awaited = True
        updates.append(Refused(error.code, tuple(filter(is_card, error.cards))))

    def _take_announcement(self, announcement: Announce, updates: list[Update]) -> None:
        text = clean_text(announcement.text)
        if self.proof.hear(text):
            updates.append(ProofAnnounced())
            return
        if found := _TIME_LINE.fullmatch(text):
            updates.append(TimeTold(int(found[1])))
            return
        if gone := self.roster.hear(text, self.seats):
            updates.append(gone)
            return
        if found := _ROOM_LINE.fullmatch(text):
            self.room = found["room"]
            self.turn_time_s = int(found["seconds"]) if found["seconds"] else None
        elif found := _AGAIN_LINE.fullmatch(text):
            self.challenger = found["name"]
        if text:
            updates.append(Announced(text))

    def _take_roster(self, message: PlayerName | PlayerList, updates: list[Update]) -> None:
        roster = self.roster
        before = self.names, roster.platforms, roster.watchers
        # Another host's WELCOME may count only the players present; a game's state has all seats.
        limit = MAX_SEATS if self._pair.public is None else self.seats
        self.seats = max(self.seats, roster.take(message, limit))
        if before != (self.names, roster.platforms, roster.watchers):
            updates.append(RosterChanged())

    def _take_start(self, start: GameStart, updates: list[Update]) -> None:
        self._pair.deal(start.cards)
        self.phase = Phase.PLAYING
        self.attack_dealt = self.attack_taken = None
        self._pair_awaited = self._end_told = False
        self._forget_turns()
        updates.append(GameStarted())

    def _take_state(self, state: GameState, seat: int | None, updates: list[Update]) -> None:
        before = self._pair.public
        public = self._pair.take_state(state, seat=seat, seats=self.seats)
        self.seats = public.seats
        self.roster.keep(public.seats)
        if self.watches and self.phase is Phase.WAITING:  # GAME_START is for those who get cards
            updates.append(GameStarted())
        was_finished = self.phase is Phase.FINISHED
        self.phase = Phase.FINISHED if public.is_over else Phase.PLAYING
        dealt = before is None and not public.turn
        if dealt and seat is not None and self._pair.hand is not None:
            self.proof.dealt = (public.seats, seat, self._pair.hand)
        self._pair_unconfirmed = True
        updates.append(StateChanged(public))
        if public.is_over and was_finished and not self._pair_awaited:  # PLAYER_WON got lost
            self._tell_end(public.survivor, updates)
        skipped = before is not None and public.turn - before.turn not in (0, 1)
        if skipped and not self._pair_awaited:
            self._resync("a turn was missed", updates)
        self._use_pair(seat, updates)

    def _take_hand(
        self, message: HandSync | CardDrawn, seat: int | None, updates: list[Update]
    ) -> None:
        if isinstance(message, HandSync):
            if self._pair.take_hand(message):
                updates.append(HandChanged())
            self._own_move.forgive()
        else:
            cards, drawn = self._pair.take_drawn(message.cards)
            if cards:
                updates.append(HandChanged(cards if drawn else ()))
        self._use_pair(seat, updates)

    def _use_pair(self, seat: int | None, updates: list[Update]) -> None:
        """Acknowledge state and hand once both are here, and go on from them if we asked."""
        public = self._pair.public
        if public is None or not self._pair.is_complete(seat):
            return
        if self._pair_awaited:
            self._pair_awaited = False
            self._compare_hands(updates)
            if public.current == seat:
                # Its TURN_START was sent before we lost the thread.
                self._own_move.start(public.turn)
            if public.is_over:  # PLAYER_WON came before us
                self._tell_end(public.survivor, updates)
        if self._pair_unconfirmed:
            self._pair_unconfirmed = False
            self.wanted.append(SyncRequest(public.turn, self._pair.state_hash, acknowledge=True))

    def _compare_hands(self, updates: list[Update]) -> None:
        """Tell which cards we have lost and gained since the connection was lost."""
        before, self._left_with, hand = self._left_with, None, self._pair.hand or ()
        if before is not None and set(before) != set(hand):
            left = tuple(card for card in before if card not in hand)
            came = tuple(card for card in hand if card not in before)
            updates.append(MovedMeanwhile(left, came))

    def _take_turn_start(self, start: TurnStart, updates: list[Update]) -> None:
        seat = checked_seat(start.seat, self.seats)
        self._own_move.start(start.turn)
        public = self._pair.public
        if public is None or (public.turn, public.current) != (start.turn, seat):
            self._resync("a turn was missed", updates)
        elif not self._pair.agrees_with(start.state_hash):
            self._resync("the turn starts from another state of the table", updates)
        updates.append(TurnStarted(seat, start.turn))

    def _take_turn_end(self, end: TurnEnd, updates: list[Update]) -> None:
        for seat in (end.seat, end.next_seat, end.finish_position or 0):
            checked_seat(seat, self.seats)
        cards = checked_cards(end.cards)
        if bool(cards) != (end.kind is ActionKind.PLAY):
            raise MessageError("bad_count", "a play has cards and a draw shows none")
        self._pair.played += cards
        self.roster.lost.discard(end.seat)
        action = Play(cards, end.nominated_suit) if cards else DRAW
        self.proof.saw(end.turn, action, end.state_hash)
        updates.append(
            Moved(
                end.seat,
                cards,
                end.nominated_suit,
                end.drawn,
                end.next_seat,
                end.finish_position,
                for_us=end.seat == self.seat and not self._own_move.was_sent_in(end.turn),
            )
        )

    def _take_end(self, end: PlayerWon, updates: list[Update]) -> None:
        survivor = checked_seat(end.survivor, self.seats)
        self.phase = Phase.FINISHED
        if end.attack_dealt is not None and end.attack_taken is not None:
            self.attack_dealt = end.attack_dealt[: self.seats]
            self.attack_taken = end.attack_taken[: self.seats]
        if self._pair.public is None or self._pair.turn != end.turn:
            self._resync("the last turn was missed", updates)
        self._tell_end(survivor, updates)

    def _tell_end(self, survivor: int | None, updates: list[Update]) -> None:
        if not self._end_told:
            self._end_told = True
            public = self._pair.public
            updates.append(GameOver(survivor, public.finish_order if public else ()))

    def _resync(self, reason: str, updates: list[Update]) -> None:
        """Ask for state and hand, once a turn at most: some hosts never agree with themselves."""
        if self._asked_in != self._pair.turn:
            self._asked_in = self._pair.turn
            self.wanted.append(self.sync_request())
            updates.append(Resyncing(reason))
