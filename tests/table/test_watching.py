"""People who watch: they hear what everybody hears, and nobody waits for them."""

from table_harness import Host, Mailbox, Player, play_out, token_of

from rachel.client.session import ClientSession
from rachel.client.updates import GameOver, GameStarted, Moved, Rejected, Update, Welcomed
from rachel.rubp import (
    HOST_ID,
    Announce,
    CardDrawn,
    DrawCard,
    Error,
    ErrorCode,
    GameStart,
    GameState,
    HandSync,
    Message,
    MessageType,
    Phase,
    PlayerEntry,
    PlayerList,
    PlayerName,
    PlayerWon,
    SyncRequest,
    TurnEnd,
    TurnStart,
    Welcome,
    decode,
    encode,
)
from rachel_server.core.reception import WATCHERS_MAX
from rachel_server.core.table_settings import TableSettings

PRIVATE = (GameStart, HandSync, CardDrawn)


def watch(host: Host, room: str = "", *, game_id: int = 0, link: Mailbox | None = None) -> Mailbox:
    return host.hello("EVE", room=room, game_id=game_id, link=link, watches=True)


def two_play(host: Host, room: str) -> list[Player]:
    people = [
        Player(host, ClientSession(name, token=token_of(number), room=room))
        for number, name in enumerate("AB")
    ]
    for person in people:
        person.connect()
    return people


def test_they_see_a_table_from_its_first_player_to_the_end() -> None:
    host = Host(TableSettings(seats=2))
    host.hello("ANN", room="TEA42", token=token_of(0))
    eve = watch(host, "tea42")
    welcome, name, players, *_ = eve.heard()
    assert welcome == Welcome(HOST_ID, 1, 2, Phase.WAITING)
    assert (name, type(players)) == (PlayerName(0, "ANN"), PlayerList)
    people = two_play(host, "TEA43")
    other = watch(host, game_id=2)
    play_out(host, host.table("TEA43"), people)
    heard = other.heard()
    assert not any(isinstance(message, PRIVATE) for message in heard)
    turns = host.game(host.table("TEA43")).turn
    assert sum(isinstance(message, TurnEnd) for message in heard) == turns
    assert any(isinstance(message, PlayerWon) for message in heard)


def test_who_comes_in_the_middle_of_a_game_sees_it_as_it_is() -> None:
    host = Host(TableSettings(seats=2))
    for number, name in enumerate("AB"):
        host.hello(name, room="TEA42", token=token_of(number))
    eve = watch(host, "TEA42")
    kinds = [type(message) for message in eve.heard()]
    assert kinds[:6] == [Welcome, PlayerName, PlayerName, PlayerList, GameState, TurnStart]
    host.say(eve, SyncRequest(0, None))
    assert [type(message) for message in eve.heard()] == [PlayerList, GameState, TurnStart]


def test_they_may_do_nothing() -> None:
    host = Host(TableSettings(seats=2))
    for number, name in enumerate("AB"):
        host.hello(name, room="TEA42", token=token_of(number))
    eve = watch(host, "TEA42")
    eve.heard()
    host.say(eve, DrawCard())
    assert eve.heard() == [Error(ErrorCode.UNKNOWN)]
    assert host.game(host.table("TEA42")).turn == 0


def test_nobody_waits_for_them() -> None:
    host = Host(TableSettings(seats=2, abandon_s=600))
    people = [host.hello(n, room="TEA42", token=token_of(i)) for i, n in enumerate("AB")]
    eve = watch(host, "TEA42")
    for person in people:
        host.lose(person)
    eve.heard()
    host.wait(599)
    assert eve.heard() == [], "the game stands still"
    host.wait(2)
    assert host.house.lobby.in_room("TEA42") is None
    host.wait(5)
    assert eve.hung_up


def test_they_do_not_keep_a_waiting_table_nor_fill_it() -> None:
    host = Host(TableSettings(seats=2))
    ann = host.hello("ANN", room="TEA42")
    watch(host, "TEA42")
    host.hello("ANN", room="ELSE", link=ann)
    assert host.house.lobby.in_room("TEA42") is None


def test_they_go_on_with_the_players() -> None:
    host = Host(TableSettings(seats=2, bot_delay_s=0))
    people = two_play(host, "TEA42")
    eve = watch(host, "TEA42")
    play_out(host, host.table("TEA42"), people)
    eve.heard()
    people[0].send(people[0].session.again(token_of(7)))
    welcomes = eve.heard_of(Welcome)
    assert welcomes == [Welcome(HOST_ID, 2, 2, Phase.WAITING)]


def test_who_watches_may_sit_down_and_who_sits_may_watch() -> None:
    host = Host(TableSettings(seats=3))
    host.hello("ANN", room="TEA42", token=token_of(0))
    eve = watch(host, "TEA42")
    eve.heard()
    host.hello("EVE", room="TEA42", token=token_of(5), link=eve)
    assert eve.heard_of(Welcome) == [Welcome(1, 1, 3, Phase.WAITING)]
    assert host.table("TEA42").seats.names == ["ANN", "EVE"]
    watch(host, "TEA42", link=eve)
    assert eve.heard_of(Welcome) == [Welcome(HOST_ID, 1, 3, Phase.WAITING)]
    assert host.table("TEA42").seats.names == ["ANN"]


def test_there_is_no_table_to_watch_where_there_is_none() -> None:
    host = Host()
    assert watch(host, "NONE").heard() == [Error(ErrorCode.UNKNOWN)]
    assert watch(host).heard() == [Error(ErrorCode.UNKNOWN)]
    assert not host.house.lobby.tables


def test_a_table_that_is_its_players_own_cannot_be_watched() -> None:
    host = Host(TableSettings(seats=2, watch=False))
    people = two_play(host, "TEA42")
    table = host.table("TEA42")
    assert watch(host, "TEA42").heard() == [Error(ErrorCode.UNKNOWN)]
    again = Host(TableSettings(seats=2))
    again.restore(host.stored(table))
    assert watch(again, "TEA42").heard() == [Error(ErrorCode.UNKNOWN)]
    play_out(host, table, people)
    people[0].send(people[0].session.again(token_of(7)))
    assert watch(host, "TEA42").heard() == [Error(ErrorCode.UNKNOWN)], "nor can the rematch"


def test_a_table_has_a_gallery_of_some_size() -> None:
    host = Host(TableSettings(seats=2))
    host.hello("ANN", room="TEA42")
    watchers = [watch(host, "TEA42") for _ in range(WATCHERS_MAX)]
    assert all(watcher.heard_of(Welcome) for watcher in watchers)
    late = watch(host, "TEA42")
    assert late.heard() == [Error(ErrorCode.LOBBY_FULL)]


def test_they_hear_the_very_frames_that_everybody_hears() -> None:
    host = Host(TableSettings(seats=2, turn_time_s=15))  # too short for warnings to one alone
    ann = host.hello("ANN", room="TEA42")
    eve = watch(host, "TEA42")
    host.hello("BOB", room="TEA42")
    ann.heard()
    while not host.game(host.table("TEA42")).is_over:
        host.wait(15)
    public = [frame for frame in ann.heard_frames() if frame.player_id == HOST_ID]
    seen = eve.heard_frames()
    assert public == [frame for frame in seen if frame in public]
    assert {frame.player_id for frame in seen} == {HOST_ID}


def test_players_hear_how_many_watch() -> None:
    host = Host(TableSettings(seats=2))
    ann = host.hello("ANN", room="TEA42")
    eve = watch(host, "TEA42")
    bob = watch(host, "TEA42")
    assert eve.heard_of(PlayerList)[0].watchers == 1
    host.say(bob, SyncRequest(0))
    assert [players.watchers for players in bob.heard_of(PlayerList)] == [2, 2]
    ann.heard()
    host.lose(eve)
    assert ann.heard() == [PlayerList((PlayerEntry(0, 0x60),), watchers=1)]
    host.lose(bob)
    assert ann.heard() == [PlayerList((PlayerEntry(0, 0x60),))]
    assert host.table("TEA42").watchers == []


def test_who_leaves_a_table_alone_to_watch_it_finds_it_closed() -> None:
    host = Host()
    ann = host.hello("ANN", room="TEA42")
    ann.heard()
    watch(host, "TEA42", link=ann)
    assert not host.lobby.tables
    assert ann.heard() == [Error(ErrorCode.UNKNOWN)]
    assert ann.table is None
    host.wait(5)
    assert ann.hung_up


def test_they_hear_the_end_before_they_go_on() -> None:
    """Somebody plays again before the end is saved, and so before anybody has been told."""
    host = Host(TableSettings(seats=2, turn_time_s=15))
    links = [host.hello(name, room="TEA42", token=token_of(n)) for n, name in enumerate("AB")]
    old = host.table("TEA42")
    eve = watch(host, "TEA42")
    host.saves = False
    while not host.game(old).is_over:
        host.save()
        host.wait(1)
    eve.heard()
    host.hello("A", token=token_of(5), link=links[0])
    assert eve.heard() == []
    host.save()
    new = host.table("TEA42")
    frames = eve.heard_frames()
    ids = [frame.game_id for frame in frames]
    assert set(ids) == {old.game_id, new.game_id}
    assert ids == sorted(ids)
    told = [decode(frame) for frame in frames if frame.game_id == old.game_id]
    assert sum(isinstance(message, PlayerWon) for message in told) == 1
    assert told[-1] == Announce("A plays again in room TEA42")
    assert frames[len(told)].type == MessageType.WELCOME
    assert links[1].heard_of(PlayerWon) != []


def test_a_client_that_watches_follows_its_table_without_a_hand() -> None:
    host = Host(TableSettings(seats=2, bot_delay_s=0))
    ann, bob, eve = (
        Player(host, ClientSession(name, token=token_of(number), room="TEA42", watches=number == 2))
        for number, name in enumerate(("ANN", "BOB", "EVE"))
    )
    for person in (ann, eve, bob):
        person.connect()
    old, session = host.table("TEA42"), eve.session
    for _ in range(4):
        assert ann.act() or bob.act()
    eve.read()
    eve.connect()  # the host has not noticed that the first connection is dead
    play_out(host, old, [ann, bob, eve])
    moves = [update for update in eve.updates if isinstance(update, Moved)]
    assert session.public is not None
    assert len(moves) == session.public.turn
    told = [type(update) for update in eve.updates if isinstance(update, GameStarted | GameOver)]
    assert told == [GameStarted, GameOver]
    assert session.watchers == 2
    seen = (session.seat, session.view, session.prompt, session.proof.verified)
    assert seen == (None, None, False, True)
    zoe = Player(host, ClientSession("ZOE", token=token_of(3), room="TEA42", watches=True))
    zoe.connect()
    host.lose(zoe.link)
    ann.send(ann.session.again(token_of(7)))
    eve.read()
    zoe.connect()  # to the room, not to the game that was played there
    assert eve.updates.count(Welcomed(None, Phase.WAITING)) == 2
    new = host.table("TEA42").game_id
    assert (session.game_id, zoe.session.game_id) == (new, new) != (old.game_id, old.game_id)


def test_a_client_that_watches_takes_neither_a_hand_nor_a_seat() -> None:
    session = ClientSession("EVE", token=token_of(0), room="TEA42", watches=True)
    session.hello()

    def told(message: Message) -> list[Update]:
        frame = encode(message, version=2, sequence=0, player_id=HOST_ID, game_id=1)
        return session.receive(frame)

    assert told(Welcome(HOST_ID, 1, 2, Phase.PLAYING)) == [Welcomed(None, Phase.PLAYING)]
    assert not any(
        told(message) for message in (GameStart((2,)), HandSync((2,), 0), CardDrawn((2,)))
    )
    session.hello()
    assert told(Welcome(0, 1, 2, Phase.WAITING)) == [Rejected(ErrorCode.UNKNOWN)]
    assert session.seat is None
