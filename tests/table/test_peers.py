"""Connections at a house: how long they may keep silent, and how much they may ask for."""

import pytest
from table_harness import Host, Mailbox, token_of
from table_positions import message_of

from rachel.rubp import (
    HOST_ID,
    Announce,
    Error,
    ErrorCode,
    Heartbeat,
    Hello,
    Message,
    MessageType,
    Phase,
    Platform,
    SyncRequest,
    Welcome,
    decode,
    encode,
)
from rachel_server.core.limits import PROXIED
from rachel_server.core.peers import (
    HELLO_LIMIT_S,
    HELLOS_MAX,
    HELLOS_PER_ADDRESS,
    IDLE_PER_ADDRESS,
    IDLE_PER_CONNECTION,
    PROXIED_TIMES,
    REST_S,
    RESTS_MAX,
    SILENCE_MAX_S,
    TABLES_PER_ADDRESS,
)
from rachel_server.core.reception import TOO_MANY_HELLOS
from rachel_server.core.table_settings import TableSettings

SHORT = 1e-6
HERE, THERE = "192.0.2.1", "192.0.2.2"
LONG = TableSettings(turn_time_s=None, start_delay_s=1e6)

# HELLO within five seconds


@pytest.mark.parametrize("says", [None, Heartbeat(), Hello("ANN", room="TEA42")])
def test_a_connection_without_a_seat_has_five_seconds(says: Message | None) -> None:
    host = Host(LONG, tables_max=0)
    link = host.connect()
    if says is not None:
        host.say(link, says)
    host.wait(HELLO_LIMIT_S - SHORT)
    assert not link.hung_up
    host.wait(SHORT)
    assert link.hung_up


def test_who_has_a_seat_may_keep_silent_and_say_hello_late() -> None:
    host = Host(LONG)
    links = [host.connect() for _ in range(3)]
    host.wait(HELLO_LIMIT_S - SHORT)
    host.hello("ANN", link=links[1])
    host.wait(3600)
    assert [link.hung_up for link in links] == [True, False, True]
    assert host.house.next_deadline() == host.now - 3600 + 1e6, "nothing is left to look at"


def test_a_connection_whose_table_has_closed_has_five_seconds_again() -> None:
    host = Host(TableSettings(seats=2, turn_time_s=20))
    ann, bob = (host.hello(name, room="TEA42") for name in ("ANN", "BOB"))
    table = host.table("TEA42")
    while not host.game(table).is_over:
        host.wait(1)
    while host.is_open(table):
        host.wait(1)
    assert (ann.table, ann.hung_up) == (None, False)
    host.wait(HELLO_LIMIT_S - 1 - SHORT)
    assert not ann.hung_up
    host.hello("ANN", link=ann)
    host.wait(1 + SHORT)
    assert (ann.hung_up, bob.hung_up) == (False, True)


def test_a_connection_that_is_gone_is_not_waited_for() -> None:
    host = Host(LONG)
    link = host.connect()
    assert host.house.next_deadline() == host.now + HELLO_LIMIT_S
    host.lose(link)
    assert host.house.next_deadline() is None
    host.lose(link)
    host.say(link, Hello("ANN"))
    assert not link.frames


# Silence


def test_who_sends_heartbeats_is_lost_when_they_stop() -> None:
    host = Host(TableSettings(seats=2, turn_time_s=None))
    ann, bob = (host.hello(name, room="TEA42", token=token_of(n)) for n, name in enumerate("AB"))
    host.say(ann, Heartbeat())
    assert ann.heard()[-1] == Heartbeat()
    for _ in range(10):
        host.wait(SILENCE_MAX_S - 1)
        host.say(ann, SyncRequest(0))  # whatever comes is a sign
    host.wait(SILENCE_MAX_S - 1)
    assert not ann.hung_up
    host.wait(1)
    assert (ann.hung_up, bob.hung_up) == (True, False)
    bob.heard()
    host.wait(0)
    assert Announce("A lost the connection") in bob.heard()
    host.wait(3600)
    assert not bob.hung_up, "who never sends any may keep silent"


def test_a_websocket_is_not_held_to_heartbeats() -> None:
    host = Host(TableSettings(seats=3, start_delay_s=7200))
    ann, bob = host.connect(transport="websocket"), host.connect(transport="websocket")
    for name, link in (("ANN", ann), ("BOB", bob)):
        host.say(link, Hello(name, room="TEA42"))
        host.say(link, Heartbeat())
    assert Heartbeat() in ann.heard(), "it is answered all the same"
    host.wait(3600)
    assert (ann.hung_up, bob.hung_up) == (False, False), "a hidden page sends none"


def test_who_goes_on_sending_does_not_hide_who_has_stopped() -> None:
    host = Host(TableSettings(seats=2, turn_time_s=None))
    ann, bob = (host.hello(name, room="TEA42", token=token_of(n)) for n, name in enumerate("AB"))
    host.say(bob, Heartbeat())
    for _ in range(36):
        host.say(ann, Heartbeat())
        host.wait(1)
    assert (ann.hung_up, bob.hung_up) == (False, True)
    host.lose(ann)
    host.wait(600)
    assert host.house.next_deadline() is None, "nobody is listened for any more"


# HELLOs


def test_a_connection_says_hello_so_often_and_no_more() -> None:
    host = Host(LONG)
    link = host.connect()
    for number in range(HELLOS_MAX):
        host.hello("ANN", room="TEA42", link=link)
        assert link.heard_of(Welcome), number
    host.hello("ANN", room="TEA42", link=link)
    assert link.heard() == [Announce(TOO_MANY_HELLOS)]
    assert link.hung_up
    assert host.hello("ANN", room="TEA42").heard_of(Welcome), "others may"


def test_who_plays_game_after_game_on_one_connection_may_say_hello_each_time() -> None:
    host = Host(TableSettings(seats=2, turn_time_s=None))
    links = [host.connect() for _ in range(2)]
    for _ in range(HELLOS_MAX + 1):
        for number, link in enumerate(links):
            host.hello("AB"[number], room="TEA42", token=token_of(number), link=link)
        game = host.game(host.table("TEA42"))
        while not game.is_over:
            host.say(links[game.current], message_of(game.legal_actions()[0]))
    assert [link.hung_up for link in links] == [False, False]


@pytest.mark.parametrize(
    ("address", "other", "times"), [(HERE, PROXIED, 1), (PROXIED, HERE, PROXIED_TIMES)]
)
def test_an_address_says_hello_so_often_and_no_more(address: str, other: str, times: int) -> None:
    """All proxies are one address, with more to say."""
    host = Host(LONG)
    for _ in range(times * HELLOS_PER_ADDRESS.burst):
        host.lose(host.hello("ANN", room="TEA42", link=host.connect(address)))
    late = host.hello("ANN", room="TEA42", link=host.connect(address))
    (frame,) = late.heard_frames()
    assert (frame.version, decode(frame)) == (2, Announce(TOO_MANY_HELLOS))
    assert late.hung_up
    assert host.lobby.tables == {}, "nothing was opened"
    for free in (THERE, other, None):
        link = host.hello("ANN", room="TEA42", link=host.connect(free))
        assert link.heard_of(Welcome)
    host.wait(61 / (times * HELLOS_PER_ADDRESS.per_minute))
    link = host.hello("ANN", room="TEA42", link=host.connect(address))
    assert link.heard_of(Welcome)


def test_a_refused_hello_changes_nothing_of_a_connection() -> None:
    host = Host(TableSettings(seats=2))
    full = [host.hello(name, room="FULL") for name in ("X", "Y")]
    ann = host.hello("ANN", room="TEA42", platform=2, look=b"abc", version=1)
    ann.heard()
    before = host.house.peers.get(ann.connection)
    assert before is not None
    caller, deadline = before.caller, before.hello_by
    host.hello("EVE", room="FULL", platform=3, look=b"xyz", acknowledges=True, link=ann)
    (frame,) = ann.heard_frames()
    assert (frame.version, frame.game_id) == (1, host.table("TEA42").game_id)
    assert frame.type == MessageType.ERROR
    assert (before.caller, before.hello_by, before.platform) == (caller, deadline, 2)
    ann.version = 1
    host.hello("BOB", room="TEA42")
    assert {frame.version for frame in ann.heard_frames()} == {1}
    game = host.game(host.table("TEA42"))
    host.say(ann, message_of(game.legal_actions()[0]))
    assert ann.frames, "it plays on"
    assert all(not link.hung_up for link in full)


@pytest.mark.parametrize("version", [1, 2])
def test_a_stranger_is_refused_in_the_version_they_speak(version: int) -> None:
    host = Host(LONG, tables_max=0)
    link = host.hello("ANN", version=version)
    (frame,) = link.heard_frames()
    assert (frame.version, frame.sequence, frame.game_id) == (version, 0, 0)
    host.say(link, Heartbeat())
    assert link.heard_frames()[0].version == 1, "still a stranger"
    host.wait(HELLO_LIMIT_S)
    assert link.hung_up


@pytest.mark.parametrize(("platform", "gap_s"), [(Platform.VIC_20, 0.072), (0x60, 0.0)])
def test_frames_for_slow_machines_keep_a_distance(platform: int, gap_s: float) -> None:
    host = Host(LONG)
    link = host.hello("ANN", room="TEA42", platform=platform)
    assert link.gap_s == gap_s
    host.hello("ANN", room="TEA42", platform=0x60, link=link)
    assert link.gap_s == 0.0


# Tables


def test_an_address_opens_so_many_tables_and_no_more() -> None:
    host = Host(LONG)

    def answer(room: str, address: str | None) -> Message:
        return host.hello("ANN", room=room, link=host.connect(address)).heard()[0]

    for number in range(TABLES_PER_ADDRESS.burst):
        assert isinstance(answer(f"R{number}", HERE), Welcome)
    for room in ("MORE", ""):
        assert answer(room, HERE) == Error(ErrorCode.LOBBY_FULL)
    assert host.house.tally.rejected["hello_lobby_full"] == 2
    # Tables that are there, another address, and those that no limit counts.
    assert isinstance(answer("R1", HERE), Welcome)
    assert isinstance(answer("MORE", THERE), Welcome)
    for number in range(2 * PROXIED_TIMES * TABLES_PER_ADDRESS.burst):
        assert isinstance(answer(f"L{number}", None), Welcome)


def test_who_may_open_no_table_may_play_again() -> None:
    host = Host(TableSettings(seats=2, turn_time_s=20))
    link = host.hello("ANN", room="HERE", link=host.connect(HERE))
    host.hello("BOB", room="HERE", token=token_of(2))
    game = host.game(host.table("HERE"))
    while not game.is_over:
        host.wait(1)
    for number in range(TABLES_PER_ADDRESS.burst):
        host.lose(host.hello("EVE", room=f"R{number}", link=host.connect(HERE)))
    link.heard()
    host.hello("ANN", room="MORE", link=link)
    assert link.heard() == [Error(ErrorCode.LOBBY_FULL)]
    host.hello("ANN", room="HERE", link=link)
    assert link.heard()[0] == Welcome(0, host.table("HERE").game_id, 2, Phase.WAITING)


def test_a_connection_that_goes_from_room_to_room_leaves_no_tables_behind() -> None:
    host = Host(LONG)
    link = host.connect()
    for number in range(50):
        host.hello("ANN", room=f"R{number}", token=token_of(number), link=link)
    assert [table.room for table in host.lobby.tables.values()] == ["R49"]


# Frames that move no game on


ASK = SyncRequest(0)


def idle(host: Host, link: Mailbox, frames: int, message: Message = ASK) -> None:
    for _ in range(frames):
        host.say(link, message)
    link.frames.clear()


@pytest.mark.parametrize(
    "message", [Heartbeat(), SyncRequest(0), SyncRequest(0, None, acknowledge=True), Announce("HI")]
)
def test_who_sends_idle_frames_without_pause_rests_then_is_cut(message: Message) -> None:
    host = Host(LONG)
    link, other = host.hello("ANN", room="TEA42"), host.hello("BOB", room="TEA42")
    idle(host, link, IDLE_PER_CONNECTION.burst, message)
    assert link.rests_until == 0
    for rest in range(RESTS_MAX):
        assert not link.hung_up, rest
        idle(host, link, 1 + int(IDLE_PER_CONNECTION.per_minute / 60), message)
        assert link.rests_until == host.now + REST_S
        link.rests_until = 0
        idle(host, link, 50, message)  # what came with it, or was read too early
        assert link.rests_until == host.now + REST_S
        host.now = link.rests_until
    idle(host, link, 1 + int(IDLE_PER_CONNECTION.per_minute / 60), message)
    assert (link.hung_up, link.flooded) == (True, True)
    assert host.house.tally.rejected["flood"] == 1
    assert not other.hung_up
    assert other.rests_until == 0


def test_rests_are_counted_in_a_row_only() -> None:
    host = Host(LONG)
    link = host.hello("ANN", room="TEA42")
    for _ in range(3 * RESTS_MAX):
        idle(host, link, 1 + IDLE_PER_CONNECTION.burst)
        assert link.rests_until == host.now + REST_S
        host.wait(REST_S + 11)
    assert not link.hung_up


def test_an_ordinary_pace_earns_no_rest() -> None:
    host = Host(LONG)
    link = host.hello("ANN", room="TEA42")
    for _ in range(100):
        idle(host, link, 10)
        host.wait(1)
    assert link.rests_until == 0


def test_the_connections_of_an_address_share_a_bucket() -> None:
    host = Host(LONG)
    count = IDLE_PER_ADDRESS.burst // 100
    links = [host.hello("X", link=host.connect(HERE)) for _ in range(count + 1)]
    other = host.hello("X", link=host.connect(THERE))
    for link in links[:count]:
        idle(host, link, 100)
        assert link.rests_until == 0
    for link in (links[count], other):
        idle(host, link, 1)
    assert links[count].rests_until == host.now + REST_S
    assert other.rests_until == 0


def test_refused_frames_are_idle_even_without_a_seat() -> None:
    host = Host(LONG, tables_max=0)
    link = host.connect()
    idle(host, link, IDLE_PER_CONNECTION.burst + 1)
    assert link.rests_until == host.now + REST_S


def test_actions_and_the_first_acknowledgement_of_each_turn_are_free() -> None:
    host = Host(TableSettings(seats=2, turn_time_s=None))
    links = [
        host.hello(name, room="TEA42", token=token_of(n), acknowledges=True)
        for n, name in enumerate("AB")
    ]
    game = host.game(host.table("TEA42"))
    for link in links:
        idle(host, link, IDLE_PER_CONNECTION.burst)
    for _ in range(30):
        for link in links:
            host.say(link, SyncRequest(game.turn, game.tag(), acknowledge=True))
        host.say(links[game.current], message_of(game.legal_actions()[0]))
    assert game.turn == 30
    assert [link.rests_until for link in links] == [0, 0]
    ack = SyncRequest(game.turn, game.tag(), acknowledge=True)
    host.say(links[0], ack)
    assert links[0].rests_until == 0
    host.say(links[0], ack)
    assert links[0].rests_until > host.now, "the second one of a turn"
    for turn in (game.turn - 1, game.turn + 1):
        host.say(links[1], SyncRequest(game.turn, None, acknowledge=True))
        host.say(links[1], SyncRequest(turn, None, acknowledge=True))
    assert links[1].rests_until > host.now


def test_turns_are_acknowledged_anew_at_another_table() -> None:
    host = Host(TableSettings(seats=2, turn_time_s=None))
    links = [host.hello(name, room="ONE", token=token_of(n)) for n, name in enumerate("AB")]
    game = host.game(host.table("ONE"))
    for _ in range(5):
        host.say(links[game.current], message_of(game.legal_actions()[0]))
    host.say(links[0], SyncRequest(5, None, acknowledge=True))
    host.hello("A", room="TWO", token=token_of(5), link=links[0])
    host.hello("C", room="TWO", token=token_of(6))
    idle(host, links[0], IDLE_PER_CONNECTION.burst)
    host.say(links[0], SyncRequest(0, None, acknowledge=True))
    assert links[0].rests_until == 0


def test_a_turn_to_come_cannot_be_acknowledged() -> None:
    host = Host(TableSettings(seats=2, turn_time_s=None))
    links = [host.hello(name, room="TEA42", token=token_of(n)) for n, name in enumerate("AB")]
    idle(host, links[0], IDLE_PER_CONNECTION.burst)
    host.say(links[0], SyncRequest(1, None, acknowledge=True))
    assert links[0].rests_until > host.now


def test_nothing_more_is_heard_from_who_is_cut() -> None:
    """What came with the frame for which somebody is cut is not handled any more."""
    host = Host(LONG)
    link = host.connect()
    for _ in range(HELLOS_MAX):
        host.hello("ANN", room="TEA42", link=link)
    link.heard()
    data = b"".join(
        encode(message, version=1, sequence=0, player_id=HOST_ID, game_id=0)
        for message in (Hello("ANN", room="TEA42"), Heartbeat(), Hello("ANN", room="MORE"))
    )
    frames = link.stream.feed(data)
    host.carry_out(host.house.received(link.connection, frames, host.now))
    assert link.heard() == [Announce(TOO_MANY_HELLOS)]
    assert link.hung_up
    host.carry_out(host.house.received(link.connection, frames[1:], host.now))
    assert [table.room for table in host.lobby.tables.values()] == ["TEA42"]
