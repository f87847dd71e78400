"""One player's connection to a table, without the connection: bytes in, updates and bytes out.

A ClientSession is fed what the host sends and says what changed; it turns what the player wants
into frames. It has no socket and no clock. Nothing the host sends is trusted: text is cleaned,
seats and cards are checked, and a frame that cannot be right is counted and otherwise ignored.

>>> session = ClientSession("ANN", token=bytes(8))
>>> len(session.hello()), session.receive(b"noise"), session.phase
(64, [], None)
"""

from collections.abc import Sequence

from rachel.client.table import ClientTable
from rachel.client.updates import Update
from rachel.rubp import (
    ACKNOWLEDGES_SYNC,
    HOST_ID,
    DrawCard,
    DrawReason,
    FrameStream,
    Heartbeat,
    Hello,
    Message,
    MessageError,
    Platform,
    PlayCard,
    decode,
    encode,
)
from rachel.rules.actions import DRAW, Action, IllegalAction, Play, Refusal
from rachel.rules.game import Game
from rachel.rules.view import SeatView
from rachel.text import ascii_name


class ClientSession(ClientTable):
    """One player's side of the conversation, and what it learns of the table (see ClientTable).

    Attributes:
        name: the name asked for; the table may have given the seat another (see ``names``).
        token: the 8 bytes the seat is reclaimed with.
        ignored: frames so far that were no sensible message.
    """

    def __init__(
        self,
        name: str,
        *,
        token: bytes,
        room: str = "",
        game_id: int = 0,
        platform: int = Platform.TERMINAL,
        version: int = 2,
        acknowledge: bool = False,
    ) -> None:
        """Prepare to join (``game_id`` 0) or to reclaim a seat; the name is cut to what RUBP holds.

        With ``acknowledge`` the host waits for our word that we hold a state before it starts the
        next turn.

        Raises:
            ValueError: the room code is not 0-8 letters and digits, or the token not 8 bytes.
        """
        super().__init__(room=room.upper(), game_id=game_id)
        self.name = ascii_name(name)
        self.token = token
        self.ignored = 0
        self._platform = platform
        self._version = version
        self._acknowledge = acknowledge
        self._stream = FrameStream()
        self._sequence = 0
        self._hello(token).pack()  # a room or token no HELLO can carry fails here, not on the way

    def hello(self) -> bytes:
        """Return the HELLO of a new connection: a fresh join if ``game_id`` is 0, else a reclaim.

        Call it for every connection, before receive: what an older one left unfinished is dropped.
        """
        self._stream = FrameStream()
        self.wanted.clear()
        self._forget_turns()
        self._pair.doubt_hand()
        self._greeting = True
        return self._frame(self._hello(self.token), player_id=HOST_ID)

    def again(self, token: bytes) -> bytes:
        """Return the HELLO that asks for a rematch in the same room on the living connection.

        Raises:
            ValueError: the new token has not 8 bytes.
        """
        hello = self._hello(token)
        hello.pack()
        self.token = token
        self.game_id = 0
        self._greeting = True
        return self._frame(hello, player_id=HOST_ID)

    def receive(self, data: bytes) -> list[Update]:
        """Take what the host sent, cut anywhere, and return what it changed, in order."""
        updates: list[Update] = []
        for frame in self._stream.feed(data):
            try:
                self.take(decode(frame), updates)
            except MessageError:
                self.ignored += 1
        return updates

    def outgoing(self) -> bytes:
        """Return the frames the session itself wants sent, once."""
        frames = b"".join(
            self._frame(message)
            for message in self.wanted
            if self._acknowledge or not message.acknowledge
        )
        self.wanted.clear()
        return frames

    def heartbeat(self) -> bytes:
        """Return a HEARTBEAT."""
        return self._frame(Heartbeat())

    def sync(self) -> bytes:
        """Return a SYNC_REQUEST for the whole state and hand."""
        return self._frame(self._sync_request())

    def play(self, cards: Sequence[int], suit: int | None = None) -> bytes:
        """Return the PLAY_CARD of ``cards``, with a card first that may lead if one may.

        ``suit`` is what an ace nominates, 0-3.

        Raises:
            IllegalAction: it is not for us to act, or a rule forbids the play.
        """
        public = self._view_to_act().public
        order = tuple(cards)
        leaders = [card for card in order if public.is_playable(card)]
        if leaders and order[0] not in leaders:
            order = (leaders[0], *(card for card in order if card != leaders[0]))
        return self._action(Play(order, suit), PlayCard(order, suit, self._pair.state_hash))

    def draw(self) -> bytes:
        """Return the DRAW_CARD.

        Raises:
            IllegalAction: it is not for us to act, or a card can be played.
        """
        due = self._view_to_act().public.pending_draws
        reason = DrawReason.ATTACK if due else DrawReason.CANNOT_PLAY
        return self._action(DRAW, DrawCard(reason, due or 1, self._pair.state_hash))

    def _view_to_act(self) -> SeatView:
        view = self.view
        if view is None:
            raise IllegalAction(Refusal.NOT_YOUR_TURN, "the game has not started")
        if problem := self.why_no_prompt(view):
            raise problem
        return view

    def _action(self, action: Action, message: PlayCard | DrawCard) -> bytes:
        view = self._view_to_act()
        _check(view, action)
        self._acted = view.public.turn
        self._refused = False
        self._pair.end_of_hand()
        return self._frame(message)

    def _hello(self, token: bytes) -> Hello:
        return Hello(
            self.name,
            self._platform,
            token=token,
            room=self.room,
            capabilities=ACKNOWLEDGES_SYNC if self._acknowledge else 0,
        )

    def _frame(self, message: Message, *, player_id: int | None = None) -> bytes:
        if player_id is None:
            player_id = HOST_ID if self.seat is None else self.seat
        self._sequence = (self._sequence + 1) & 0xFFFF
        return encode(
            message,
            version=self._version,
            sequence=self._sequence,
            player_id=player_id,
            game_id=self.game_id,
        )


def _check(view: SeatView, action: Action) -> None:
    """Let the engine itself judge the action, on a table that holds only what we see.

    Raises:
        IllegalAction: a rule forbids it.
    """
    public = view.public
    hands: list[list[int]] = [[] for _ in range(public.seats)]
    hands[view.seat] = list(view.hand)
    Game(
        hands=hands,
        deck=[],
        discard=[public.top],
        rng_state=1,
        current=view.seat,
        direction=public.direction,
        pending_draws=public.pending_draws,
        pending_skips=public.pending_skips,
        nominated_suit=public.nominated_suit,
        finish_order=list(public.finish_order),
        turn=public.turn,
        out=list(public.out),
    ).apply(action)
