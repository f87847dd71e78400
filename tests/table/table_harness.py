"""A host without sockets or waiting: a house, its journal, its bots, and a clock.

`Host` does for a house what the server's runtime does, in virtual time, and has all that leaves it
judged by an `Auditor` on the way. `Player` joins a ClientSession to it, back to back.
"""

import itertools
import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final, TypeVar

from table_auditor import Auditor, TaggedGame, written

from rachel.bots import choose
from rachel.client.session import ClientSession
from rachel.client.updates import Update
from rachel.rubp import (
    ACKNOWLEDGES_SYNC,
    CARDS_MAX,
    FRAME_SIZE,
    HOST_ID,
    NO_TOKEN,
    WATCHES,
    Frame,
    FrameStream,
    Hello,
    Message,
    MessageType,
    Platform,
    PlayCard,
    decode,
    decode_frame,
    encode,
    encode_frame,
)
from rachel.rules.actions import Action, Play
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
from rachel_server.core.house import House
from rachel_server.core.lobby import TABLES_MAX, Lobby
from rachel_server.core.outcome import Broken, Outcome, Thought
from rachel_server.core.reception import Reservation
from rachel_server.core.seating import Login
from rachel_server.core.table import Table
from rachel_server.core.table_settings import TableSettings
from rachel_server.core.table_state import TableState

UNIX_TIME: Final = 1_700_000_000.0
_TICKS_MAX: Final = 10_000

M = TypeVar("M")


def token_of(number: int) -> bytes:
    """Return a reconnect token that nobody else has."""
    return bytes([0x70, number]) * 4


class Mailbox:
    """A player's end of a connection, which keeps what it is sent.

    Attributes:
        connection: its number.
        version: transport version of what it sends.
        frames: what came since it was last read.
        hung_up: whether the host has ended it.
        flooded: whether it was for a flood.
        rests_until: when the host reads on.
        gap_s: seconds that the host leaves between two frames.
    """

    def __init__(self, house: House, connection: int) -> None:
        self._house = house
        self.connection = connection
        self.version = 1
        self.stream = FrameStream()
        self.frames: list[bytes] = []
        self.hung_up = self.flooded = False
        self.rests_until = 0.0
        self.gap_s: float | None = None

    @property
    def table(self) -> Table | None:
        """The table that it hears, None if there is none."""
        peer = self._house.peers.get(self.connection)
        return None if peer is None else table_of(peer)

    @property
    def seat(self) -> int | None:
        """Its seat there."""
        return None if self.table is None else self.table.seat_of(self.connection)

    def take(self, data: bytes) -> None:
        """Keep frames; one that was cut off hears nothing any more."""
        assert data
        assert len(data) % FRAME_SIZE == 0
        if not self.hung_up:
            self.frames += [data[at : at + FRAME_SIZE] for at in range(0, len(data), FRAME_SIZE)]

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


def frame_from(link: Mailbox, kind: int, payload: bytes) -> bytes:
    """Return a frame that somebody at a table sends, whatever it holds."""
    assert link.table is not None
    assert link.seat is not None
    return encode_frame(
        kind,
        payload,
        version=link.version,
        sequence=0,
        player_id=link.seat,
        game_id=link.table.game_id,
    )


def unreadable_play(link: Mailbox) -> bytes:
    """Return a PLAY_CARD with more cards than there is room for, which cannot be read."""
    return frame_from(link, MessageType.PLAY_CARD, bytes([33]) + PlayCard((2,)).pack()[1:])


class Host:
    """A house and what serves it, in virtual time.

    Attributes:
        now: the clock, in seconds.
        house: the house under test.
        auditor: what judges all that leaves it.
        journal: every entry so far, in order.
        saves: whether the journal saves at once; otherwise `save` does.
        thinks: whether bots answer at once; otherwise their `thoughts` collect here.
        mends: whether tables may break off, whose games `mend` brings back from the journal.
        aside: the games that were set aside, and why.
    """

    def __init__(
        self,
        settings: TableSettings | None = None,
        *,
        seed: int = 1,
        tables_max: int = TABLES_MAX,
    ) -> None:
        self.now = 1000.0
        self.entropy: Callable[[int], bytes] = random.Random(seed).randbytes
        self.house = House(
            settings or TableSettings(),
            entropy=lambda size: self.entropy(size),
            unix_time=self.unix_time,
            tables_max=tables_max,
        )
        self.auditor = Auditor(self.house)
        self.journal: list[Entry] = []
        self.saves = self.thinks = True
        self.mends = False
        self.thoughts: list[Thought] = []
        self.broken: list[Broken] = []
        self.aside: list[tuple[str, str]] = []
        self._appended = self._saved = 0
        self._fences: dict[str, int] = {}  # of games that broke off, the lease from then on
        self._numbers = itertools.count(1)
        self._mailboxes: dict[int, Mailbox] = {}
        self._cut: list[Mailbox] = []

    def unix_time(self) -> float:
        """Return the time of the day."""
        return UNIX_TIME + self.now

    # What connections do

    def connect(self, address: str | None = None, transport: str = "tcp") -> Mailbox:
        """Open a connection."""
        link = Mailbox(self.house, next(self._numbers))
        self._mailboxes[link.connection] = link
        self.house.opened(link.connection, transport, address, self.now)
        return link

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
        watches: bool = False,
        look: bytes = b"\0\0\0",
    ) -> Mailbox:
        """Say HELLO on a connection, a new one unless given, and return it."""
        link = link or self.connect()
        link.version = version
        wants = (ACKNOWLEDGES_SYNC if acknowledges else 0) | (WATCHES if watches else 0)
        hello = Hello(name, platform, token=token, room=room, capabilities=wants, look=look)
        self.say(link, hello, game_id=game_id)
        return link

    def say(self, link: Mailbox, message: Message, *, game_id: int | None = None) -> None:
        """Send a message on a connection, with the game id of its table unless told otherwise."""
        if game_id is None:
            game_id = 0 if link.table is None else link.table.game_id
        self.receive(
            link,
            encode(message, version=link.version, sequence=0, player_id=HOST_ID, game_id=game_id),
        )

    def receive(self, link: Mailbox, data: bytes) -> None:
        """Take bytes of a connection, frame by frame, so that each answer is judged by itself."""
        for frame in link.stream.feed(data):
            if frame.type == MessageType.PLAY_CARD:
                self.auditor.names(link.connection, frame.payload[1 : 1 + CARDS_MAX])
            self.carry_out(self.house.received(link.connection, [frame], self.now))

    def lose(self, *links: Mailbox) -> None:
        """Let connections break."""
        for link in links:
            self.carry_out(self.house.closed(link.connection, self.now))

    # What is asked for over HTTP

    def open(self, settings: TableSettings, *, public: bool = False, bots: int = 0) -> Table:
        """Open a table with settings of its own."""
        table, outcome = self.house.open(settings, public=public, bots=bots, now=self.now)
        self.carry_out(outcome)
        return table

    def reserve(
        self, account: int, *, room: str = "", name: str = "Ann", session: bytes = b""
    ) -> Reservation:
        """Reserve a seat for an account."""
        reservation, outcome = self.house.reserve(room, Login(account, name, session), self.now)
        self.carry_out(outcome)
        assert reservation is not None
        return reservation

    def log_out(self, account: int, session: bytes | None = None, *, deleted: bool = False) -> None:
        """End a session of an account, or all of them."""
        self.carry_out(self.house.logged_out(account, session, self.now, deleted=deleted))

    def begin(self, table: Table) -> None:
        """Begin a game at once."""
        self.carry_out(self.house.begin(table, self.now))

    def leave(self, table: Table, seat: int) -> None:
        """Let the person on a seat go."""
        self.carry_out(self.house.leave(table, seat, self.now))

    # What follows

    def carry_out(self, outcome: Outcome, *, saved: int | None = None) -> None:
        """Have an outcome judged, then do what it asks for."""
        self.auditor.judge(outcome, saved=saved)
        for record in outcome.records:
            assert record.epoch >= self._fences.get(record.entry.game, 1), "of an earlier run"
            self._appended = record.sequence
            self.journal.append(record.entry)
        for connection, gap_s in outcome.gaps:
            self._mailboxes[connection].gap_s = gap_s
        for connection, data in written(outcome).items():
            self._mailboxes[connection].take(data)
        for connection in outcome.cuts:
            link = self._mailboxes[connection]
            link.hung_up = True
            link.flooded = connection in outcome.floods
            self._cut.append(link)
        for connection, until in outcome.rests:
            self._mailboxes[connection].rests_until = until
        for broken in outcome.broken:
            if not self.mends:
                raise broken.error
            self.broken.append(broken)
        self.aside += outcome.aside
        if self.saves:
            self.save()
        self.thoughts += outcome.thoughts
        while self.thinks and self.thoughts:
            thought = self.thoughts.pop(0)
            self.answer(thought, choose(thought.level, thought.view, thought.rng))

    def answer(self, thought: Thought, action: Action | None) -> None:
        """Bring what a bot has chosen."""
        self.carry_out(self.house.thought(thought.ticket, action, self.now))

    def save(self, records: int | None = None) -> None:
        """Let the journal save what it was given: all of it, or so many records more."""
        sequence = self._appended if records is None else self._saved + records
        if sequence > self._saved:
            self._saved = sequence
            self.carry_out(self.house.saved(sequence, self.now), saved=sequence)

    # Time

    def tick(self) -> None:
        """Let the house do what is due now, once."""
        self.carry_out(self.house.ticked(self.now))

    def wait(self, seconds: float) -> None:
        """Let time pass; connections that were cut are gone, the house acts when it said so."""
        cut, self._cut = self._cut, []
        self.lose(*cut)
        until = self.now + seconds
        for _ in range(_TICKS_MAX):
            deadline = self.house.next_deadline()
            if deadline is None or deadline > until:
                self.now = until
                return
            self.now = max(self.now, deadline)
            self.tick()
        raise AssertionError("the house always has something due and never gets it done")

    # Looking at it

    @property
    def lobby(self) -> Lobby:
        """The tables."""
        return self.house.lobby

    def table(self, room: str) -> Table:
        """Return the newest table of a room."""
        tables = [table for table in self.lobby.tables.values() if table.room == room]
        return max(tables, key=lambda table: table.game_id)

    def is_open(self, table: Table) -> bool:
        """Tell whether a table is not closed; a closed one is forgotten."""
        is_open = table.state is not TableState.CLOSED
        assert (self.lobby.tables.get(table.game_id) is table) == is_open
        return is_open

    def game(self, table: Table) -> TaggedGame:
        """Return the auditor's replay of the game at a table, as it is now."""
        return self.auditor.game(table)

    def stored(self, table: Table) -> StoredGame:
        """Return the game at a table as a store would give it back."""
        return stored_games(self.journal)[self.auditor.started(table).game]

    def restore(self, stored: StoredGame, epoch: int | None = None) -> Table:
        """Bring back the table of a stored game, as a server does that starts."""
        outcome = self.house.restored(stored, self.now, epoch=epoch)
        assert not outcome.aside, outcome.aside
        self.auditor.adopt(stored)
        self.carry_out(outcome)
        return self.lobby.tables[stored.start.game_id]

    def mend(self) -> None:
        """Bring back the games that broke off, from what the journal has."""
        broken, self.broken = self.broken, []
        for one in broken:
            if one.game is not None:
                self._fences[one.game] = one.epoch
                self.restore(stored_games(self.journal)[one.game], one.epoch)


def stored_games(journal: Iterable[Entry]) -> dict[str, StoredGame]:
    """Return the games in a journal by their names, as a store would give them back."""
    games: dict[str, StoredGame] = {}
    for entry in journal:
        known = games.get(entry.game)
        if isinstance(entry, GameStarted):
            assert known is None
            games[entry.game] = StoredGame(entry, (), GameStatus.PLAYING, None)
            continue
        assert known is not None
        assert known.end is None or isinstance(entry, TokenChanged)
        if isinstance(entry, ActionTaken):
            known = replace(known, actions=(*known.actions, entry))
        elif isinstance(entry, GameEnded):
            known = replace(known, status=entry.status, end=entry)
        else:
            seats = list(known.start.seats)
            seats[entry.seat] = replace(seats[entry.seat], token_hash=entry.token_hash)
            known = replace(known, start=replace(known.start, seats=tuple(seats)))
        games[entry.game] = known
    return games


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
        self.link = host.connect()
        self.updates: list[Update] = []

    def connect(self) -> None:
        """Open a connection and say HELLO, fresh or to reclaim as the session sees fit."""
        self.link = self._host.connect()
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


def spoil(table: Table) -> None:
    """Let the next input at a table fail, when its frames are written: the last thing it does."""
    voice = table._voice
    voice._said.append((0x100, bytes(48), 0))  # no frame has such a type
    voice._lines = voice._lines or [(1, [])]
