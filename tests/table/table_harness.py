"""A host without sockets or waiting: lobby, tables, links that keep what they hear, a clock.

`Host` does for tables what the server's runtime does, in virtual time, and has all it sends judged
by an `Auditor` on the way. `Player` joins a ClientSession to it, back to back.
"""

import random
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from table_auditor import Auditor

from rachel.bots import choose
from rachel.client.session import ClientSession
from rachel.client.updates import Update
from rachel.rubp import (
    ACKNOWLEDGES_SYNC,
    FRAME_SIZE,
    HOST_ID,
    NO_TOKEN,
    Error,
    ErrorCode,
    Frame,
    FrameStream,
    Heartbeat,
    Hello,
    Message,
    MessageError,
    MessageType,
    Platform,
    PlayCard,
    decode,
    decode_frame,
    encode,
)
from rachel.rules.actions import Play
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
from rachel_server.core.lobby import TABLES_MAX, Lobby, NotSeated
from rachel_server.core.table import Table
from rachel_server.core.table_settings import TableSettings

UNIX_TIME: Final = 1_700_000_000.0
_TICKS_MAX: Final = 10_000

M = TypeVar("M")


def token_of(number: int) -> bytes:
    """Return a reconnect token that nobody else has."""
    return bytes([0x70, number]) * 4


class HostLink(Link):
    """The host's end of a connection: a link with the stream of what comes in."""

    def __init__(self) -> None:
        super().__init__()
        self.stream = FrameStream()


class Mailbox(HostLink):
    """A link that keeps what it is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.frames: list[bytes] = []
        self.hung_up = False

    def transmit(self, frames: bytes) -> None:
        """Keep the frames; whoever was cut off hears nothing any more."""
        assert frames
        assert len(frames) % FRAME_SIZE == 0
        if not self.hung_up:
            for start in range(0, len(frames), FRAME_SIZE):
                self.frames.append(frames[start : start + FRAME_SIZE])

    def hang_up(self) -> None:
        """Note that the host closed the connection."""
        self.hung_up = True

    def heard_frames(self) -> list[Frame]:
        """Return the frames that came since the last call."""
        frames, self.frames = self.frames, []
        return [decode_frame(frame) for frame in frames]

    def heard(self) -> list[Message]:
        """Return the messages that came since the last call."""
        return [decode(frame) for frame in self.heard_frames()]

    def heard_of(self, kind: type[M]) -> list[M]:
        """Return the messages of one kind among those that came since the last call."""
        return [message for message in self.heard() if isinstance(message, kind)]


class Host:
    """A lobby with its tables, in virtual time.

    Attributes:
        now: the clock, in seconds.
        lobby: the lobby under test.
        journal: every entry so far, in order.
        auditor: what judges all that is produced.
    """

    def __init__(
        self,
        settings: TableSettings | None = None,
        *,
        seed: int = 1,
        tables_max: int = TABLES_MAX,
    ) -> None:
        self.now = 1000.0
        self.settings = settings or TableSettings()
        self.entropy: Callable[[int], bytes] = random.Random(seed).randbytes
        self.journal: list[Entry] = []
        self.auditor = Auditor()
        self.lobby = Lobby(
            self.settings,
            entropy=lambda size: self.entropy(size),
            unix_time=self.unix_time,
            tables_max=tables_max,
        )

    def unix_time(self) -> float:
        """Return the time of the day."""
        return UNIX_TIME + self.now

    # What connections do

    def hello(
        self,
        name: str,
        *,
        token: bytes = NO_TOKEN,
        room: str = "",
        game_id: int = 0,
        link: Mailbox | None = None,
        version: int = 2,
        platform: int = Platform.TERMINAL,
        acknowledges: bool = False,
        look: bytes = b"\0\0\0",
    ) -> Mailbox:
        """Say HELLO on a connection, a new one unless given, and return it."""
        link = link or Mailbox()
        hello = Hello(
            name,
            platform,
            token=token,
            room=room,
            capabilities=ACKNOWLEDGES_SYNC if acknowledges else 0,
            look=look,
        )
        self._arrive(link, hello, version=version, game_id=game_id)
        return link

    def say(self, link: Mailbox, message: Message, *, game_id: int | None = None) -> None:
        """Send a message on a connection, with the game id of its table unless told otherwise."""
        if game_id is None:
            game_id = 0 if link.table is None else link.table.game_id
        self._arrive(link, message, version=link.version, game_id=game_id)

    def _arrive(self, link: Mailbox, message: Message, *, version: int, game_id: int) -> None:
        data = encode(message, version=version, sequence=0, player_id=HOST_ID, game_id=game_id)
        self.receive(link, data)

    def receive(self, link: HostLink, data: bytes) -> None:
        """Take bytes of a connection."""
        for frame in link.stream.feed(data):
            self._take_frame(link, frame)

    def _take_frame(self, link: HostLink, frame: Frame) -> None:
        table = link.table
        try:
            message = decode(frame)
        except MessageError:
            played = frame.type == MessageType.PLAY_CARD
            self._refuse(link, ErrorCode.INVALID_PLAY if played else ErrorCode.UNKNOWN)
            return
        if isinstance(message, Hello):
            self._take_hello(link, message, frame)
        elif isinstance(message, Heartbeat):
            self._send_outside(link, Heartbeat())
        elif table is None:
            self._refuse(link, ErrorCode.GAME_NOT_STARTED)
        elif frame.game_id not in (0, table.game_id):
            self._refuse(link, ErrorCode.UNKNOWN)
        else:
            cards = message.cards if isinstance(message, PlayCard) else ()
            self.perform(table, table.receive(link, message, self.now), told=(link, cards))

    def _take_hello(self, link: HostLink, hello: Hello, frame: Frame) -> None:
        link.version = frame.version
        link.platform, link.look = hello.platform, hello.look
        link.acknowledges = hello.acknowledges_sync
        try:
            outcomes = self.lobby.hello(link, hello, frame.game_id, self.now)
        except NotSeated as refusal:
            self._refuse(link, refusal.code)
            return
        leaving = [link for _, effects in outcomes for link in effects.hang_up]
        for table, effects in outcomes:
            self.perform(table, effects, leaving=leaving)

    def lose(self, link: HostLink) -> None:
        """Let a connection break."""
        if link.table is not None:
            self.perform(link.table, link.table.lost(link, self.now))

    def _refuse(self, link: HostLink, code: ErrorCode) -> None:
        if link.table is None:
            self._send_outside(link, Error(code))
        else:
            self.perform(link.table, link.table.refuse(link, code))

    def _send_outside(self, link: HostLink, message: Message) -> None:
        """Send what does not wait for the journal."""
        if link.table is not None:
            frame = link.table.frame(link, message)
            self.auditor.audit(link.table, Effects(frames=[(link, frame)]))
        else:
            frame = encode(message, version=link.version, sequence=0, player_id=HOST_ID, game_id=0)
        link.transmit(frame)

    # What follows

    def perform(
        self,
        table: Table,
        effects: Effects,
        *,
        told: tuple[Link, tuple[int, ...]] | None = None,
        leaving: Sequence[Link] = (),
    ) -> None:
        """Have effects judged, then carry them out."""
        self.auditor.audit(table, effects, told=told, leaving=leaving)
        self.journal += effects.entries
        self.deliver(effects)
        if table.closed:
            self.lobby.forget(table)

    def deliver(self, effects: Effects) -> None:
        """Send the frames and cut the links."""
        for link, frame in effects.frames:
            link.transmit(frame)
        for link in effects.hang_up:
            link.hang_up()

    # Time

    def next_deadline(self) -> float | None:
        """Return when the first of the tables has something to do."""
        deadlines = (table.next_deadline() for table in self.lobby.tables.values())
        return min((time for time in deadlines if time is not None), default=None)

    def tick_due(self) -> None:
        """Let every table do what is due now."""
        for table in list(self.lobby.tables.values()):
            deadline = table.next_deadline()
            if deadline is not None and deadline <= self.now:
                self.perform(table, table.tick(self.now))

    def wait(self, seconds: float) -> None:
        """Let time pass; tables act when they said they would."""
        until = self.now + seconds
        for _ in range(_TICKS_MAX):
            deadline = self.next_deadline()
            if deadline is None or deadline > until:
                self.now = until
                return
            self.now = max(self.now, deadline)
            self.tick_due()
        raise AssertionError("a table always has something due and never gets it done")

    # Looking at it

    def table(self, room: str) -> Table:
        """Return the newest table of a room."""
        tables = [table for table in self.lobby.tables.values() if table.room == room]
        return max(tables, key=lambda table: table.game_id)

    def game(self, table: Table) -> Game:
        """Return the auditor's replay of the game at a table, as it is now."""
        return self.auditor.game(table)

    def stored(self, table: Table) -> StoredGame:
        """Return the game at a table as a store would give it back."""
        return stored_games(self.journal)[self.auditor.started(table).game]

    def restore(self, stored: StoredGame) -> Table:
        """Bring back the table of a stored game, as a server does that starts."""
        table = Table.restore(
            stored,
            settings=self.settings,
            entropy=lambda size: self.entropy(size),
            unix_time=self.unix_time,
            now=self.now,
        )
        self.lobby.adopt(table)
        self.auditor.adopt(table, stored)
        return table


def stored_games(journal: list[Entry]) -> dict[str, StoredGame]:
    """Return the games in a journal by their names, as a store would give them back."""
    starts: dict[str, GameStarted] = {}
    actions: dict[str, list[ActionTaken]] = {}
    ends: dict[str, GameEnded] = {}
    for entry in journal:
        if isinstance(entry, GameStarted):
            assert entry.game not in starts
            starts[entry.game] = entry
            actions[entry.game] = []
        elif isinstance(entry, ActionTaken):
            actions[entry.game].append(entry)
        else:
            assert entry.game not in ends
            ends[entry.game] = entry
    return {
        game: StoredGame(
            start,
            tuple(actions[game]),
            ends[game].status if game in ends else GameStatus.PLAYING,
            ends.get(game),
        )
        for game, start in starts.items()
    }


class Player:
    """A ClientSession at a host, back to back; plays like a bot when asked to.

    Attributes:
        session: what the client knows.
        link: its connection, a new one after `connect`.
        updates: everything the session told, in order.
    """

    def __init__(self, host: Host, session: ClientSession, *, level: str = "intermediate") -> None:
        self._host = host
        self._level = level
        self._rng = random.Random(session.name)
        self.session = session
        self.link = Mailbox()
        self.updates: list[Update] = []

    def connect(self) -> None:
        """Open a connection and say HELLO, fresh or to reclaim as the session sees fit."""
        self.link = Mailbox()
        self.send(self.session.hello())

    def send(self, data: bytes) -> None:
        """Send what the session made, then read the answers."""
        self._host.receive(self.link, data)
        self.read()

    def read(self) -> None:
        """Take in what came, and send what the session wants sent."""
        link = self.link
        while link.frames:
            frames, link.frames = link.frames, []
            self.updates += self.session.receive(b"".join(frames))
            wanted = self.session.outgoing()
            if wanted:
                self._host.receive(link, wanted)

    def act(self) -> bool:
        """Act if the session sees a prompt; tell whether it did."""
        self.read()
        if not self.session.prompt or self.session.view is None:
            return False
        action = choose(self._level, self.session.view, self._rng)
        if isinstance(action, Play):
            self.send(self.session.play(action.cards, action.suit))
        else:
            self.send(self.session.draw())
        return True


def play_out(host: Host, table: Table, players: list[Player], *, turns: int = 5000) -> None:
    """Let players act, and time pass when none of them is to, until the game is over."""
    for _ in range(turns):
        if host.game(table).is_over:
            for player in players:
                player.read()
            return
        acted = [player.act() for player in players]
        if not any(acted):
            deadline = table.next_deadline()
            assert deadline is not None, "nobody is to act and nothing is due"
            host.wait(max(0.0, deadline - host.now))
    raise AssertionError("the game did not end")
