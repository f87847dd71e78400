"""A real TCP host that runs one game with the real engine for the one player who connects."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from scripted_host import ScriptedHost, position

from rachel.rubp import (
    HOST_ID,
    SPEC_VERSION,
    WATCHES,
    Announce,
    DrawCard,
    Error,
    ErrorCode,
    Frame,
    FrameStream,
    Heartbeat,
    Hello,
    Message,
    Phase,
    PlayCard,
    PlayerEntry,
    PlayerList,
    PlayerName,
    Welcome,
    decode,
    encode,
)
from rachel.rules.actions import DRAW, Action, IllegalAction, Play
from rachel.rules.game import Game

GAME_ID = 77
NAMES = ("Ann", "Bot Ada", "Bob", "Cid", "Dora", "Emil", "Flo", "Gus")


class TableScript:
    """Plays ``game`` with a player at seat 0; the test moves the other seats. Others may watch.

    Attributes:
        game: the game; a fresh HELLO after its end deals ``next_game``.
        next_game: what a rematch deals.
        names: one name per seat.
        present: the seats in PLAYER_LIST.
        turn_time_s: announced limit of a turn, None for none.
        waits: whether a fresh HELLO only takes a seat; ``start`` then deals.
        refuse_plays: whether every action is answered with an ERROR.
        refuse_reclaims: whether a HELLO for an old game is answered with an ERROR.
        refuse_joins: whether a fresh HELLO is told that the table is full.
        spec: the version of the rules in WELCOME.
        heard: every message so far, oldest first.
    """

    def __init__(self, game: Game) -> None:
        self.game = game
        self.next_game = game.copy()
        self.names = list(NAMES[: game.seats])
        self.present = set(range(game.seats))
        self.turn_time_s: int | None = None
        self.waits = False
        self.refuse_plays = False
        self.refuse_reclaims = False
        self.refuse_joins = False
        self.spec = SPEC_VERSION
        self.heard: list[Message] = []
        self._unsent = b""

    def take(self) -> bytes:
        """Return what was said since the last call."""
        unsent, self._unsent = self._unsent, b""
        return unsent

    def send(self, *messages: Message) -> None:
        """Say messages to the player."""
        self._unsent += b"".join(
            encode(message, version=2, sequence=1, player_id=HOST_ID, game_id=GAME_ID)
            for message in messages
        )

    def send_roster(self) -> None:
        """Send every name and who is present."""
        entries = tuple(
            PlayerEntry(seat, 0xFFFF if self.names[seat].startswith("Bot ") else 0x60)
            for seat in sorted(self.present)
        )
        names = (PlayerName(seat, name) for seat, name in enumerate(self.names))
        self.send(*names, PlayerList(entries))

    def start(self) -> None:
        """Tell the player that the cards are dealt."""
        self.send(*self._teller().start())

    def move(self, action: Action) -> None:
        """Let the seat to act do ``action`` and tell the player.

        Raises:
            IllegalAction: the rules forbid it.
        """
        self.send(*self._teller().act(action))

    def hear(self, frame: Frame) -> None:
        """Do what a frame of the player asks for."""
        message = decode(frame)
        self.heard.append(message)
        match message:
            case Hello() if message.capabilities & WATCHES:
                phase, seats = Phase.PLAYING, self.game.seats
                self.send(Welcome(HOST_ID, GAME_ID, seats, phase, self.spec, WATCHES))
                self.send_roster()
                self.send(self._teller().state())
            case Hello():
                self._greet(frame.game_id)
            case Heartbeat():
                self.send(Heartbeat())
            case PlayCard() | DrawCard() if self.refuse_plays:
                self.send(Error(ErrorCode.INVALID_PLAY), *self._teller().hand_sync())
            case PlayCard():
                self._act(Play(message.cards, message.nominated_suit))
            case DrawCard():
                self._act(DRAW)
            case _:
                self.send(*self.pair())

    def _act(self, action: Action) -> None:
        try:
            self.move(action)
        except IllegalAction:
            self.send(Error(ErrorCode.INVALID_PLAY), *self._teller().hand_sync())

    def _greet(self, game_id: int) -> None:
        if game_id and self.refuse_reclaims:
            self.send(Error(ErrorCode.UNKNOWN))
            return
        if not game_id and self.refuse_joins:
            self.send(Error(ErrorCode.LOBBY_FULL))
            return
        if not game_id and self.game.is_over:
            self.game = self.next_game
        clock = "no turn clock" if self.turn_time_s is None else f"{self.turn_time_s} s a turn"
        phase = Phase.PLAYING if game_id else Phase.WAITING
        self.send(Welcome(0, GAME_ID, self.game.seats, phase, self.spec))
        self.send_roster()
        self.send(Announce(f"Room CAKE, {clock}"))
        if game_id:
            self.send(*self.pair())
        elif not self.waits:
            self.start()

    def pair(self) -> list[Message]:
        """Return what answers a SYNC_REQUEST, and ends a reclaim."""
        return self._teller().pair()

    def _teller(self) -> ScriptedHost:
        """Return what says how the game stands, with true hashes."""
        return ScriptedHost(self.game, mask=0)


class TableHost(TableScript):
    """A script on a real TCP port.

    Attributes:
        port: where it listens.
    """

    def __init__(self, game: Game) -> None:
        super().__init__(game)
        self.port = 0
        self._news = asyncio.Condition()
        self._writer: asyncio.StreamWriter | None = None
        self._server: asyncio.Server | None = None
        self._conversations: set[asyncio.Task[None]] = set()

    async def listen(self) -> None:
        """Accept connections, on the port used before if there was one."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Accept no more connections and cut the one there is."""
        assert self._server is not None
        self._server.close()
        self.drop()
        await asyncio.gather(*self._conversations)

    def drop(self) -> None:
        """Cut the connection."""
        if self._writer is not None:
            self._writer.transport.abort()

    def close_table(self) -> None:
        """Close the connection in good order, as hosts do some time after the end of a game."""
        assert self._writer is not None
        self._writer.close()

    async def hears(self, kind: type[Message], times: int = 1) -> list[Message]:
        """Wait until ``times`` messages of a kind have come; return all of that kind."""

        def found() -> list[Message]:
            return [message for message in self.heard if isinstance(message, kind)]

        async with asyncio.timeout(20), self._news:
            await self._news.wait_for(lambda: len(found()) >= times)
        return found()

    def send(self, *messages: Message) -> None:
        """Say messages to the player, if there is one."""
        super().send(*messages)
        if self._writer is not None:
            self._writer.write(self.take())

    def send_bytes(self, data: bytes) -> None:
        """Send whatever it is."""
        assert self._writer is not None
        self._writer.write(data)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        task = asyncio.current_task()
        assert task is not None
        self._conversations.add(task)
        task.add_done_callback(self._conversations.discard)
        stream = FrameStream()
        try:
            while data := await reader.read(4096):
                for frame in stream.feed(data):
                    self.hear(frame)
                async with self._news:
                    self._news.notify_all()
        except ConnectionError:
            return
        finally:
            writer.close()


@asynccontextmanager
async def hosting(game: Game) -> AsyncIterator[TableHost]:
    """Run a host with ``game``."""
    host = TableHost(game)
    await host.listen()
    try:
        yield host
    finally:
        await host.stop()


def any_game() -> Game:
    """Return a game in which it is the turn of seat 0."""
    return position("3S QH KC", "5C 6C 8C", "4D 5D", top="9H")


def last_card() -> Game:
    """Return a game that the next play of seat 0 ends."""
    return position("KH", "5C 6C", top="9H")


def hand_of_sevens() -> Game:
    """Return a game in which seat 0 holds two 7s, one of which fits."""
    return position("3S 7C 7H AS KC", "5C 6C 8C", "4D 5D", top="9H")


async def played(host: TableHost) -> PlayCard:
    """Return the play the host has heard."""
    (message,) = await host.hears(PlayCard)
    assert isinstance(message, PlayCard)
    return message
