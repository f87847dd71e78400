"""From the reservation of a seat to the rating, over TCP and on a real journal."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from accounts_harness import Site
from store_harness import journal_on
from tcp_player import TcpPlayer, sit_down, together

from rachel.client.updates import GameOver
from rachel_server.accounts.account import Account, find_account
from rachel_server.accounts.history import history
from rachel_server.core.house import House
from rachel_server.core.seating import Login
from rachel_server.core.table_settings import TableSettings
from rachel_server.edge.limits import AddressLimits
from rachel_server.edge.tcp import listen, listening_socket
from rachel_server.runtime import Runtime
from rachel_server.store.games import HostGames
from rachel_server.store.recovery import Recovery


@asynccontextmanager
async def tables(site: Site) -> AsyncIterator[tuple[Runtime, int]]:
    """Run tables of three; yield the runtime and its port."""
    settings = TableSettings(seats=3, bot_delay_s=0.0, start_delay_s=0.5)
    house = House(settings, entropy=os.urandom, unix_time=time.time)
    async with journal_on(site.database.url) as journal:
        recovery = Recovery(HostGames(site.engine), journal)
        runtime = Runtime(house, recovery, asyncio.get_running_loop())
        journal.on_saved = runtime.saved
        sock = listening_socket("127.0.0.1", 0)
        listener = listen(sock, runtime, AddressLimits())
        yield runtime, sock.getsockname()[1]
        runtime.stop_play("bye")
        await runtime.close()
        listener.close()
        sock.close()


def player_of(runtime: Runtime, account: Account, room: str) -> TcpPlayer:
    """Reserve a seat and return who will take it."""
    reservation, _ = runtime.reserve(room, Login(account.id, account.username, None))
    return TcpPlayer("X", room=reservation.room, token=reservation.token)


def has_played_twice(player: TcpPlayer) -> bool:
    return sum(isinstance(update, GameOver) for update in player.updates) == 2


async def test_people_who_reserved_their_seats_are_rated(site: Site) -> None:
    ann, bob = await site.account("Ann"), await site.account("Bob")
    async with tables(site) as (runtime, port):
        players = [player_of(runtime, account, "TEA42") for account in (ann, bob)]
        guest = TcpPlayer("Guest", room="TEA42")
        await sit_down([*players, guest], port)
        await together(player.until_over() for player in (*players, guest))
        assert guest.session.names == ["Ann", "Bob", "Guest"]
        for player in players:  # the same again
            player.send(player.session.again(os.urandom(8)))
        await together(player.until(has_played_twice, "the second end") for player in players)
    standing = [await find_account(site.engine, name) for name in ("Ann", "Bob")]
    assert [it and it.rated_games for it in standing] == [2, 2]
    games = (await history(site.engine, ann.id)).items
    assert len(games) == 2
    assert all(game.rating_after is not None for game in games)
    assert {game.seats for game in games} == {3}
