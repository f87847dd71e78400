"""People in the simulation: a ClientSession, a bot's brain and bad luck; and strangers."""

from dataclasses import dataclass
from typing import Final, Protocol

from sim_checks import Ending, Witness, what_is_known

from rachel.bots import LEVELS, choose
from rachel.client.session import ClientSession
from rachel.client.updates import GameOver, Refused, Rejected, Resyncing
from rachel.rubp import (
    HOST_ID,
    NO_TOKEN,
    DrawCard,
    ErrorCode,
    Heartbeat,
    Hello,
    Message,
    Phase,
    Platform,
    PlayCard,
    SyncRequest,
    encode,
)
from rachel.rules.actions import Play
from rachel_server.core.lobby import NotSeated
from rachel_server.core.reception import Reservation
from rachel_server.core.seating import Login
from rachel_server.fakes.network import FakeLine, FakeNetwork, Weather
from rachel_server.fakes.process import FakeProcess

_RETRY_S: Final = 2.0
_BEAT_S: Final = 10.0


class Place(Protocol):
    """Where people come to."""

    process: FakeProcess
    network: FakeNetwork
    witness: Witness


@dataclass(frozen=True, slots=True)
class Character:
    """What a player is like.

    Attributes:
        name: the name asked for.
        address: where they call from.
        weather: what their connections go through.
        room: the room code, empty for quick play.
        games: how many games they want to play in a row.
        version: transport version of their machine.
        platform: what machine that is.
        account: the account they play for, which reserves their seats; None for guests.
        acknowledges: whether it says that it acknowledges pairs.
        forgets: whether it then does not: only a turn clock goes on without it.
        has_token: whether it can come back.
        is_old: whether it acts without hash and in hand order, like the oldest clients.
        beats: whether it sends heartbeats all the time.
        nags: whether it asks for everything all the time, for some minutes.
        sleepiness: how often they let the turn clock run out; with 1 they never act.
        clumsiness: how often they send nonsense.
        bounces: whether they lose their connection, or leave, whenever it is for them to act.
        lingers: whether they do not hang up after their last game.
    """

    name: str
    address: str
    weather: Weather
    room: str
    games: int = 1
    version: int = 2
    platform: int = Platform.TERMINAL
    account: int | None = None
    acknowledges: bool = False
    forgets: bool = False
    has_token: bool = True
    is_old: bool = False
    beats: bool = False
    nags: bool = False
    sleepiness: float = 0.0
    clumsiness: float = 0.0
    bounces: bool = False
    lingers: bool = False


class SimPlayer:
    """One player: connects, plays by the session's prompts, and comes back after every loss.

    Attributes:
        session: the client's model of its table.
        line: the connection in use, None while there is none.
        done: whether they have gone for good.
        endings: what they saw at the end of each game.
        resyncs: why the session found the host contradicting itself.
    """

    def __init__(self, place: Place, character: Character) -> None:
        self.character = character
        self.line: FakeLine | None = None
        self.done = False
        self.endings: list[Ending] = []
        self.resyncs: list[str] = []
        self._place = place
        self._rng = place.network.rng
        self._after = place.network.time.call_later
        self._level = self._rng.choice(LEVELS)
        self._games_left = character.games
        self._nags_left = 1200 if character.nags else 0
        self._thinking_of: tuple[int, int] | None = None
        self._refused = False
        self._asks = 0
        self.session = self._new_session(character.room)

    def _new_session(self, room: str) -> ClientSession:
        character = self.character
        return ClientSession(
            character.name,
            token=self._new_token(),
            room=room,
            version=character.version,
            platform=character.platform,
            acknowledge=character.acknowledges,
        )

    def _new_token(self) -> bytes:
        return self._rng.randbytes(8) if self.character.has_token else NO_TOKEN

    # The connection

    def come(self) -> None:
        """Connect; who has an account has it reserve a seat first."""
        if self.character.account is None:
            self.connect()
        else:
            self._ask_for_seat()
        if self.character.beats or self.character.nags:
            self._go_on()

    def connect(self) -> None:
        """Open a line and say HELLO; an older line stays as it is and is not listened to."""
        if not self.done:
            place, character = self._place, self.character
            self.line = place.network.dial(
                place.process, self, address=character.address, weather=character.weather
            )
            self._send(self.session.hello())

    def _reconnect(self) -> None:
        if self.line is None:
            self.connect()

    def _send(self, data: bytes) -> None:
        if self.line is not None:
            self.line.write(data)

    def _hang_up(self) -> None:
        if self.line is not None:
            self.line.close()
            self.line = None

    def ended(self, line: FakeLine) -> None:
        """Come back soon, if it was the line in use."""
        if line is self.line:
            self.line = None
            self._after(self._rng.uniform(0.1, 5.0), self._reconnect)

    def leave(self) -> None:
        """Go for good."""
        self.done = True
        if not self.character.lingers or self.session.phase is not Phase.FINISHED:
            self._hang_up()

    def _go_on(self) -> None:
        """Send what such a machine sends all the time."""
        if not self.done:
            self._nags_left -= 1
            if self._nags_left > 0:  # almost as much as is allowed
                self._send(b"".join(self.session.sync() for _ in range(3)))
            else:
                self.pulse()
            self._after(0.2 if self._nags_left > 0 else _BEAT_S, self._go_on)

    # Over HTTP

    def _ask_for_seat(self) -> None:
        """Have a seat reserved, and take it when that is saved; a crash leaves it unanswered."""
        self._asks += 1
        if self._asks > 20:
            self.leave()
        elif not self.done:
            self._place.process.run(self._reserve, self._place.process, self._asks)
            self._after(120.0, self._ask_again, self._asks)

    def _ask_again(self, asked: int) -> None:
        if asked == self._asks and self.line is None:
            self._ask_for_seat()

    def _reserve(self, process: FakeProcess, asked: int) -> None:
        account = self.character.account
        assert account is not None
        try:
            login = Login(account, self.character.name, None)
            kept, record = process.runtime.reserve(self.session.room, login)
        except NotSeated:
            self._after(_RETRY_S * 5, self._ask_again, asked)
            return
        process.journal.when_saved(record, lambda: self._take_seat(process, kept, asked))

    def _take_seat(self, process: FakeProcess, kept: Reservation, asked: int) -> None:
        """Say HELLO with the token that takes the seat."""
        has_seat = self._place.witness.has_seat(kept.game_id, kept.token, process.journal.refused)
        assert has_seat is not False, "a token was given that a crash takes back"
        if asked != self._asks or self.done:
            return
        self._hang_up()
        self.session = self._new_session(kept.room)
        self.session.token = kept.token
        self.session.game_id = kept.game_id
        self.connect()

    # What comes

    def arrived(self, line: FakeLine, data: bytes) -> None:
        """Take in what the host sent, and do what it asks for."""
        if line is not self.line or self.done:
            return
        updates = self.session.receive(data)
        wanted = self.session.outgoing()
        if not self.character.forgets:
            self._send(wanted)
        for update in updates:
            self._refused = isinstance(update, Refused)
            match update:
                case Rejected(code):
                    self._rejected(code)
                    return
                case GameOver():
                    self._game_over(line)
                case Resyncing(reason):
                    self.resyncs.append(reason)
        if updates or self._refused:  # the end of a refusal is no update
            self._think()

    def _rejected(self, code: ErrorCode) -> None:
        """Join afresh when the game had not begun; else it is over without us."""
        session, process = self.session, self._place.process
        was_waiting = session.game_id and session.phase in (None, Phase.WAITING)
        if session.phase is Phase.PLAYING and code is not ErrorCode.GAME_NOT_STARTED:
            has_seat = self._place.witness.has_seat(
                session.game_id, session.token, process.journal.refused
            )
            assert not has_seat, "a seat is refused to its owner"
        if self.character.account is not None and session.phase is not Phase.FINISHED:
            self._hang_up()
            self._ask_for_seat()
        elif was_waiting:
            self._hang_up()
            self.session = self._new_session(session.room)
            self._after(0.5, self._reconnect)
        else:
            self.leave()

    def _game_over(self, line: FakeLine) -> None:
        session = self.session
        assert session.seat is not None
        game = self._place.witness.game_of(line.wire)
        if game is not None and not any(ending.game == game for ending in self.endings):
            totals = session.attack_dealt, session.attack_taken
            known = what_is_known(session)
            self.endings.append(Ending(game, session.seat, session, known, totals))
            self._games_left -= 1
            self._after(self._rng.uniform(1.0, 20.0), self._again_or_leave)

    def _again_or_leave(self) -> None:
        if self.done or self._games_left <= 0 or self.session.phase is not Phase.FINISHED:
            self.leave()
        elif self.line is not None and self._rng.random() < 0.5:
            self._send(self.session.again(self._new_token()))
        else:
            self._hang_up()
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
        if self.character.bounces:
            self._after(self._rng.uniform(1.0, 4.0), self._bounce)
            return
        asleep = self._rng.random() < self.character.sleepiness
        time = self._rng.uniform(20.0, 200.0) if asleep else self._rng.uniform(0.05, 2.0)
        if self.character.sleepiness < 1.0:
            self._after(time, self._act)

    def _bounce(self) -> None:
        self._thinking_of = None
        if self._rng.random() < 0.5:
            self._send(self.session.goodbye())
        self._hang_up()
        self._after(1.0, self._reconnect)

    def _act(self) -> None:
        self._thinking_of = None
        if self.line is None or self.done:
            return
        if self._rng.random() < self.character.clumsiness:
            self._send(self._nonsense())
        data = self._action()
        self._send(data)
        if self.character.clumsiness and self._rng.random() < 0.1:
            self._send(data)

    def _action(self) -> bytes:
        """Return what a bot would do, nothing if it is not for us to act."""
        session = self.session
        if not session.prompt or session.view is None:
            return b""
        hand = session.view.hand
        action = choose(self._level, session.view, self._rng)
        if isinstance(action, Play):
            data = session.play(action.cards, action.suit)
            order = tuple(card for card in hand if card in action.cards)
            message: Message = PlayCard(order, action.suit)
        else:
            data = session.draw()
            message = DrawCard()
        return self._frame(message) if self.character.is_old else data

    def _nonsense(self) -> bytes:
        rng = self._rng
        view = self.session.view
        hand = view.hand if view is not None else ()
        return rng.choice(
            (
                self.session.sync(),
                self.session.heartbeat(),
                self._frame(PlayCard(hand[:1], None, rng.getrandbits(64))),
                self._frame(DrawCard(observed_hash=rng.getrandbits(64))),
                self._frame(PlayCard((rng.randrange(52),), None, None)),
                self._frame(DrawCard(), game_id=self.session.game_id % 9 + 1),
            )
        )

    def _frame(self, message: Message, game_id: int | None = None) -> bytes:
        return encode(
            message,
            version=self.character.version,
            sequence=0,
            player_id=HOST_ID if self.session.seat is None else self.session.seat,
            game_id=self.session.game_id if game_id is None else game_id,
        )

    # Bad luck

    def drop(self) -> None:
        """Lose the connection; the server may take long to notice, or never do."""
        if self.line is not None:
            rng = self._rng
            late = rng.choice((0.0, rng.uniform(0.0, 60.0), None if self.character.beats else 0.0))
            self.line.cut(client_notices_s=rng.uniform(0.0, 3.0), server_notices_s=late)

    def double(self) -> None:
        """Open a second connection while the first still lives, which then acts out of turn."""
        if self.character.has_token and self.session.game_id and self.line is not None:
            first = self.line
            self.connect()
            self._after(0.3, first.write, self._frame(DrawCard()))
            self._after(20.0, first.close)

    def wander(self) -> None:
        """Act, and at once sit down elsewhere on the same connection."""
        if self.line is not None and self.session.phase is Phase.PLAYING:
            data = self._action()
            self.session = self._new_session("TEA43")
            self._send(data + self.session.hello())

    def pulse(self) -> None:
        """Send a heartbeat."""
        self._send(self.session.heartbeat())

    def renew(self) -> None:
        """Have the account give the seat a new token, and come back with that."""
        if self.character.account is not None and self.session.phase is Phase.PLAYING:
            self._ask_for_seat()


class Stranger:
    """Somebody who does one thing until they are cut; nothing of it may keep anybody else waiting.

    Attributes:
        done: whether they have gone for good.
    """

    KINDS: Final = ("silent", "browser", "noise", "beats", "errors", "hellos", "deaf")
    _TIMES_MAX: Final = {
        "silent": 1, "browser": 1, "noise": 20, "beats": 400, "errors": 400, "hellos": 110,
        "deaf": 3000,
    }  # fmt: skip

    _LIVES: Final = {"noise": 7}

    def __init__(self, place: Place, kind: str, room: str, address: str) -> None:
        self.done = False
        self._place = place
        self._kind = kind
        self._room = room
        self._address = address
        self._line: FakeLine | None = None
        self._times = 0
        self._lives = self._LIVES.get(kind, 1)
        self._heard = b""
        self._opened: list[tuple[object, float]] = []

    def come(self) -> None:
        """Connect, and do it."""
        self._times = 0
        self._lives -= 1
        weather = Weather(reads_per_s=0.0) if self._kind == "deaf" else Weather()
        place = self._place
        self._line = place.network.dial(place.process, self, address=self._address, weather=weather)
        if self._kind in ("deaf", "beats", "errors"):
            self._say(Hello("EVE", Platform.TERMINAL, room=self._room))
        self._do()

    def arrived(self, line: FakeLine, data: bytes) -> None:
        """Take what comes."""
        self._heard += data

    def ended(self, line: FakeLine) -> None:
        """Come again at once, so many times; who floods is kept out in the end."""
        wire = line.wire
        if wire.opened_at:
            self._opened.append((wire.host, wire.opened_at))
            here = [at for host, at in self._opened if host is wire.host]
            assert len(here) < 5 or here[-1] - here[-5] > 55.0, "who floods is let in again"
            if self._kind == "browser" and self._place.process is wire.host:
                assert self._heard.startswith(b"HTTP/1.1 400 "), "a browser gets no answer"
        if self._lives:
            self.come()
        else:
            self.done = True

    def _say(self, message: Message, game_id: int = 0) -> None:
        assert self._line is not None
        data = encode(message, version=1, sequence=0, player_id=HOST_ID, game_id=game_id)
        self._line.write(data)

    def _do(self) -> None:
        line = self._line
        assert line is not None
        if line.is_over:
            return
        self._times += line.wire.is_open
        rng, times_max = self._place.network.rng, self._TIMES_MAX[self._kind]
        assert self._times <= times_max or times_max == 1, f"{self._kind} goes on for ever"
        wait_s = 0.2
        match self._kind:
            case "browser":
                line.write(b"GET / HTTP/1.1\r\n\r\n")
                return
            case "silent":
                return
            case "noise":
                line.write(rng.randbytes(4096).replace(b"RACH", b""))
            case "beats":
                for _ in range(30):
                    self._say(Heartbeat())
            case "errors":
                for _ in range(30):
                    self._say(SyncRequest(0), game_id=0xFFFF)
            case "hellos":
                self._say(Hello("EVE", Platform.TERMINAL, room="TEA42"))
                wait_s = 0.06
            case "deaf":
                for _ in range(3):
                    self._say(SyncRequest(0))
        self._place.network.time.call_later(wait_s, self._do)
