"""One person's connection to a table, without the connection: bytes in, updates and bytes out.

A ClientSession takes in what the host sends and says what changed; it turns what the player wants
into frames. It has no socket and no clock. What it learns is in its ClientTable. A frame that
cannot be right is left out, and the conversation goes on with the next one.

>>> session = ClientSession("ANN", token=bytes(8))
>>> len(session.hello()), session.receive(b"noise"), session.phase
(64, [], None)
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from rachel.client.table import ClientTable
from rachel.client.updates import Update
from rachel.rubp import (
    ACKNOWLEDGES_SYNC,
    HOST_ID,
    WATCHES,
    DrawCard,
    DrawReason,
    FrameStream,
    Heartbeat,
    Hello,
    Message,
    MessageError,
    Phase,
    Platform,
    PlayCard,
    decode,
    encode,
)
from rachel.rules.actions import DRAW, Action, IllegalAction, Play, Refusal
from rachel.rules.deal_proof import DealProof
from rachel.rules.game import Game
from rachel.rules.view import PublicView, SeatView
from rachel.text import ascii_name


class ClientSession:
    """One player's side of the conversation.

    Attributes:
        name: the name asked for; the table may have given the seat another (see ``names``).
        token: the 8 bytes the seat is reclaimed with.
        table: what is known of the table. Its attributes can be read here as well, and the two
            that a HELLO carries, ``room`` and ``game_id``, can be set before one is sent.
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
        watches: bool = False,
    ) -> None:
        """Prepare to join (``game_id`` 0) or to reclaim a seat; the name is cut to what RUBP holds.

        With ``acknowledge`` the host starts a turn only when we have acknowledged the state and
        the hand before it. With ``watches`` we want no seat, only to watch the table in ``room``.

        Raises:
            ValueError: the room code is not 0-8 letters and digits, or the token not 8 bytes.
        """
        self.name = ascii_name(name)
        self.token = token
        self.table = ClientTable(room=room.upper(), game_id=game_id, watches=watches)
        self._platform = platform
        self._version = version
        self._acknowledge = acknowledge
        self._stream = FrameStream()
        self._sequence = 0
        self._hello(token).pack()  # a room or token no HELLO can carry fails here, not on the way

    def hello(self) -> bytes:
        """Return the HELLO of a new connection: a fresh join if ``game_id`` is 0, else a reclaim.

        Who watches asks for the room, whichever game is played there now.

        Call it for every connection, before receive: what an older one left unfinished is dropped.
        """
        self._stream = FrameStream()
        self.table.connected()
        return self._frame(self._hello(self.token), player_id=HOST_ID)

    def again(self, token: bytes) -> bytes:
        """Return the HELLO that asks for a rematch in the same room on the same connection.

        Raises:
            ValueError: the new token has not 8 bytes.
        """
        hello = self._hello(token)
        hello.pack()
        self.token = token
        self.table.asked_for_rematch()
        return self._frame(hello, player_id=HOST_ID)

    def goodbye(self) -> bytes:
        """Return what gives our seat up, so that nobody waits for us; then close the connection.

        It is a HELLO that wants no seat at our own table. Hosts that do not know it wait for us as
        for anybody who lost the connection. The token still brings us back to a running game.
        """
        hello = replace(self._hello(self.token), room="", capabilities=WATCHES)
        return self._frame(hello, player_id=HOST_ID)

    def receive(self, data: bytes) -> list[Update]:
        """Take what the host sent, cut anywhere, and return what it changed, in order."""
        updates: list[Update] = []
        for frame in self._stream.feed(data):
            with suppress(MessageError):
                self.table.take(decode(frame), updates)
        return updates

    def outgoing(self) -> bytes:
        """Return the requests and acknowledgements that are due, each once."""
        frames = b"".join(
            self._frame(message)
            for message in self.table.wanted
            if self._acknowledge or not message.acknowledge
        )
        self.table.wanted.clear()
        return frames

    def heartbeat(self) -> bytes:
        """Return a HEARTBEAT."""
        return self._frame(Heartbeat())

    def sync(self) -> bytes:
        """Return a SYNC_REQUEST for the whole state and hand."""
        return self._frame(self.table.sync_request())

    def play(self, cards: Sequence[int], suit: int | None = None) -> bytes:
        """Return the PLAY_CARD of ``cards``, with one that may lead moved to the front if needed.

        ``suit`` is what an ace nominates, 0-3.

        Raises:
            IllegalAction: it is not for us to act, or a rule forbids the play.
        """
        public = self._view_to_act().public
        order = tuple(cards)
        leaders = [card for card in order if public.is_playable(card)]
        if leaders and order[0] not in leaders:
            order = (leaders[0], *(card for card in order if card != leaders[0]))
        return self._action(Play(order, suit), PlayCard(order, suit, self.table.state_hash))

    def draw(self) -> bytes:
        """Return the DRAW_CARD.

        Raises:
            IllegalAction: it is not for us to act, or a card can be played.
        """
        due = self._view_to_act().public.pending_draws
        reason = DrawReason.ATTACK if due else DrawReason.CANNOT_PLAY
        return self._action(DRAW, DrawCard(reason, due or 1, self.table.state_hash))

    def _view_to_act(self) -> SeatView:
        view = self.table.view
        if view is None:
            raise IllegalAction(Refusal.NOT_YOUR_TURN, "the game has not started")
        if problem := self.table.why_no_prompt(view):
            raise problem
        return view

    def _action(self, action: Action, message: PlayCard | DrawCard) -> bytes:
        _check(self._view_to_act(), action)
        self.table.acted()
        return self._frame(message)

    def _hello(self, token: bytes) -> Hello:
        return Hello(
            self.name,
            self._platform,
            token=token,
            room=self.table.room,
            capabilities=(ACKNOWLEDGES_SYNC if self._acknowledge else 0)
            | (WATCHES if self.table.watches else 0),
        )

    def _frame(self, message: Message, *, player_id: int | None = None) -> bytes:
        if player_id is None:
            player_id = HOST_ID if self.table.seat is None else self.table.seat
        self._sequence = (self._sequence + 1) & 0xFFFF
        return encode(
            message,
            version=self._version,
            sequence=self._sequence,
            player_id=player_id,
            game_id=0 if self.watches and isinstance(message, Hello) else self.table.game_id,
        )

    # What is known of the table, for readers of the session (see ClientTable)

    @property
    def room(self) -> str:
        """The table's room code as far as known, in capitals."""
        return self.table.room

    @room.setter
    def room(self, room: str) -> None:
        self.table.room = room

    @property
    def game_id(self) -> int:
        """The table's id, 0 for a HELLO that asks for any seat."""
        return self.table.game_id

    @game_id.setter
    def game_id(self, game_id: int) -> None:
        self.table.game_id = game_id

    @property
    def phase(self) -> Phase | None:
        """Where the table stands, None before the first WELCOME."""
        return self.table.phase

    @property
    def watches(self) -> bool:
        """Whether we only watch, without a seat and a hand."""
        return self.table.watches

    @property
    def watchers(self) -> int:
        """How many watch the table, we among them if we do."""
        return self.table.roster.watchers

    @property
    def seat(self) -> int | None:
        """Our seat, None before the first WELCOME and for those who watch."""
        return self.table.seat

    @property
    def seats(self) -> int:
        """How many seats the table has, 0 before the first WELCOME."""
        return self.table.seats

    @property
    def names(self) -> list[str]:
        """One name per seat, cleaned."""
        return self.table.names

    @property
    def platforms(self) -> dict[int, int]:
        """RUBP platform ids of the seats whose players are present."""
        return self.table.roster.platforms

    @property
    def present(self) -> frozenset[int]:
        """The seats whose players are present."""
        return frozenset(self.table.roster.platforms)

    @property
    def left(self) -> set[int]:
        """The seats whose players left on purpose."""
        return self.table.roster.left

    @property
    def lost(self) -> set[int]:
        """The seats whose players lost the connection, until a bot has moved for them."""
        return self.table.roster.lost

    @property
    def public(self) -> PublicView | None:
        """What everybody sees of the game; None before the deal, and until our hand is known."""
        return self.table.public

    @property
    def view(self) -> SeatView | None:
        """The public state and our hand, None until both are known."""
        return self.table.view

    @property
    def prompt(self) -> bool:
        """Whether it is for us to act now."""
        return self.table.prompt

    @property
    def turn_time_s(self) -> int | None:
        """Seconds a turn may take, None when there is no limit known."""
        return self.table.turn_time_s

    @property
    def challenger(self) -> str:
        """Who has asked for another game in this room, cleaned; empty while nobody is known to."""
        return self.table.challenger

    @property
    def attack_dealt(self) -> tuple[int, ...] | None:
        """Summed severities each seat dealt, known at the end of a game."""
        return self.table.attack_dealt

    @property
    def attack_taken(self) -> tuple[int, ...] | None:
        """Summed severities aimed at each seat, known at the end of a game."""
        return self.table.attack_taken

    @property
    def proof(self) -> DealProof:
        """What was announced to prove that the deal was fair."""
        return self.table.proof


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
