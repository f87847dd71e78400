"""A player in the simulation: a ClientSession, a bot's brain, and bad luck."""

from dataclasses import dataclass
from typing import Final

from sim_checks import Ending, what_is_known
from sim_server import SimServer
from sim_world import Wire, World

from rachel.bots import LEVELS, choose
from rachel.client.session import ClientSession
from rachel.client.updates import GameOver, Refused, Rejected, Resyncing
from rachel.rubp import HOST_ID, NO_TOKEN, DrawCard, Message, Phase, PlayCard, encode
from rachel.rules.actions import Play

_RETRY_S: Final = 2.0


@dataclass(frozen=True)
class Character:
    """What a player is like.

    Attributes:
        name: the name asked for.
        room: the room code, empty for quick play.
        games: how many games they want to play in a row.
        version: transport version of their machine.
        acknowledges: whether it acknowledges pairs.
        has_token: whether it can come back.
        is_old: whether it acts without hash and in hand order, like the oldest clients.
        sleepiness: how often they let the turn clock run out.
        clumsiness: how often they send nonsense.
    """

    name: str
    room: str
    games: int
    version: int
    acknowledges: bool
    has_token: bool
    is_old: bool
    sleepiness: float
    clumsiness: float


class SimPlayer:
    """One player: connects, plays by the session's prompts, and comes back after every loss.

    Attributes:
        session: the client's model of its table.
        wire: the connection in use, None while there is none.
        done: whether they have gone for good.
        endings: what they saw at the end of each game.
        resyncs: why the session found the host contradicting itself.
    """

    def __init__(self, world: World, server: SimServer, character: Character) -> None:
        self.character = character
        self.wire: Wire | None = None
        self.done = False
        self.endings: list[Ending] = []
        self.resyncs: list[str] = []
        self._world = world
        self._server = server
        self._level = world.rng.choice(LEVELS)
        self._games_left = character.games
        self._thinking_of: tuple[int, int] | None = None
        self._refused = False
        self.session = self._new_session(character.room)

    def _new_session(self, room: str) -> ClientSession:
        character = self.character
        return ClientSession(
            character.name,
            token=self._new_token(),
            room=room,
            version=character.version,
            acknowledge=character.acknowledges,
        )

    def _new_token(self) -> bytes:
        return self._world.rng.randbytes(8) if self.character.has_token else NO_TOKEN

    # The connection

    def connect(self) -> None:
        """Open a wire and say HELLO; an older wire stays as it is and is not listened to."""
        if self.done:
            return
        if not self._server.up:
            self._world.after(_RETRY_S, self._reconnect)
            return
        self.wire = Wire(self._world, self, self._server)
        self._server.accept(self.wire)
        self._send(self.session.hello())

    def _reconnect(self) -> None:
        if self.wire is None:
            self.connect()

    def _send(self, data: bytes) -> None:
        if self.wire is not None:
            self.wire.send(data, to_server=True)

    def broken(self, wire: Wire) -> None:
        """Come back soon, if it was the wire in use."""
        if wire is self.wire:
            self.wire = None
            self._world.after(self._world.rng.uniform(0.1, 5.0), self._reconnect)

    def leave(self) -> None:
        """Go for good."""
        self.done = True
        if self.wire is not None:
            self.wire.close(by_server=False)
            self.wire = None

    # What comes

    def arrived(self, wire: Wire, data: bytes) -> None:
        """Take in what the host sent, and do what it asks for."""
        if wire is not self.wire or self.done:
            return
        updates = self.session.receive(data)
        assert self.session.ignored == 0, "a frame the client could not make sense of"
        self._send(self.session.outgoing())
        for update in updates:
            self._refused = isinstance(update, Refused)
            match update:
                case Rejected():
                    self._rejected()
                    return
                case GameOver():
                    self._game_over()
                case Resyncing(reason):
                    self.resyncs.append(reason)
        if updates or self._refused:  # the end of a refusal is no update
            self._think()

    def _rejected(self) -> None:
        """Join afresh when the game had not begun; else it is over without us."""
        was_waiting = self.session.game_id and self.session.phase in (None, Phase.WAITING)
        if not was_waiting:
            self.leave()
            return
        assert self.wire is not None
        self.wire.close(by_server=False)
        self.wire = None
        self.session = self._new_session(self.session.room)
        self._world.after(0.5, self._reconnect)

    def _game_over(self) -> None:
        session = self.session
        assert session.seat is not None
        game = self._server.watch.games[session.game_id]
        if not any(ending.game == game for ending in self.endings):
            totals = session.attack_dealt, session.attack_taken
            known = what_is_known(session)
            self.endings.append(Ending(game, session.seat, session, known, totals))
            self._games_left -= 1
            self._world.after(self._world.rng.uniform(1.0, 20.0), self._again_or_leave)

    def _again_or_leave(self) -> None:
        if self._games_left <= 0 or self.session.phase is not Phase.FINISHED:
            self.leave()
        elif self.wire is not None and self._world.chance(0.5):
            self._send(self.session.again(self._new_token()))
        else:
            if self.wire is not None:
                self.wire.close(by_server=False)
            self.wire = None
            self.session = self._new_session(self.session.room)
            self.connect()

    # Playing

    def _think(self) -> None:
        """Think about an action once per turn."""
        session = self.session
        if not session.prompt or session.view is None:
            return
        thought = (session.game_id, session.view.public.turn)
        if thought == self._thinking_of:
            return
        self._thinking_of = thought
        rng = self._world.rng
        asleep = self._world.chance(self.character.sleepiness)
        time = rng.uniform(20.0, 200.0) if asleep else rng.uniform(0.05, 2.0)
        self._world.after(time, self._act)

    def _act(self) -> None:
        self._thinking_of = None
        session = self.session
        if self.wire is None or self.done:
            return
        if self._world.chance(self.character.clumsiness):
            self._send(self._nonsense())
        if not session.prompt or session.view is None:
            return
        hand = session.view.hand
        action = choose(self._level, session.view, self._world.rng)
        if isinstance(action, Play):
            data = session.play(action.cards, action.suit)
            order = tuple(card for card in hand if card in action.cards)
            message: Message = PlayCard(order, action.suit)
        else:
            data = session.draw()
            message = DrawCard()
        self._send(self._frame(message) if self.character.is_old else data)

    def _nonsense(self) -> bytes:
        rng = self._world.rng
        view = self.session.view
        hand = view.hand if view is not None else ()
        return rng.choice(
            (
                self.session.sync(),
                self.session.heartbeat(),
                self._frame(PlayCard(hand[:1], None, rng.getrandbits(64))),
                self._frame(DrawCard(observed_hash=rng.getrandbits(64))),
            )
        )

    def _frame(self, message: Message) -> bytes:
        return encode(
            message,
            version=self.character.version,
            sequence=0,
            player_id=HOST_ID if self.session.seat is None else self.session.seat,
            game_id=self.session.game_id,
        )

    # Bad luck

    def drop(self) -> None:
        """Lose the connection; the server may take long to notice."""
        if self.wire is not None:
            rng = self._world.rng
            late = rng.uniform(0.0, 45.0) if rng.random() < 0.5 else 0.0
            self.wire.cut(client_notices_s=rng.uniform(0.0, 3.0), server_notices_s=late)

    def double(self) -> None:
        """Open a second connection while the first still lives, which then acts out of turn."""
        if self.character.has_token and self.session.game_id and self.wire is not None:
            first = self.wire
            self.connect()
            late = self._frame(DrawCard())
            self._world.after(0.3, lambda: first.send(late, to_server=True))

    def pulse(self) -> None:
        """Send a heartbeat."""
        self._send(self.session.heartbeat())
