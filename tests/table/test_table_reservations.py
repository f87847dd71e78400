"""Seats reserved for accounts: who has the token takes the seat, whatever the connection."""

import pytest
from table_harness import Host, Mailbox, token_of

from rachel.rubp import (
    NO_TOKEN,
    Announce,
    Error,
    ErrorCode,
    Phase,
    PlayerEntry,
    PlayerList,
    PlayerName,
    Welcome,
)
from rachel_server.core.entries import GameStarted, TokenChanged
from rachel_server.core.lobby import NotSeated
from rachel_server.core.reception import Reservation
from rachel_server.core.table import Table
from rachel_server.core.table_settings import TableSettings

SHORT = 1e-6
ANN, BOB, CAT = 11, 22, 33
"""Accounts."""


def come(host: Host, reservation: Reservation, *, link: Mailbox | None = None) -> Mailbox:
    """Say the HELLO of a reservation."""
    return host.hello(
        "WHOEVER", token=reservation.token, room=reservation.room, game_id=reservation.game_id,
        link=link,
    )  # fmt: skip


def accounts(host: Host) -> list[list[int | None]]:
    """Return the accounts on the seats of each game that was journalled."""
    starts = [entry for entry in host.journal if isinstance(entry, GameStarted)]
    return [[seat.account for seat in start.seats] for start in starts]


def table_of(host: Host, reservation: Reservation) -> Table:
    return host.lobby.tables[reservation.game_id]


# Coming


def test_who_has_the_token_takes_the_seat() -> None:
    host = Host()
    bob = host.hello("BOB", room="TEA42")
    bob.heard()
    reservation = host.reserve(ANN, room="TEA42")
    table = host.table("TEA42")
    assert (reservation.game_id, reservation.room) == (table.game_id, "TEA42")
    assert bob.heard() == [PlayerName(1, "Ann")]
    ann = come(host, reservation)
    assert (ann.table, ann.seat) == (table, 1)
    assert ann.heard() == [
        Welcome(1, table.game_id, 4, Phase.WAITING),
        PlayerName(0, "BOB"),
        PlayerName(1, "Ann"),
        PlayerList((PlayerEntry(0, 0x60), PlayerEntry(1, 0x60))),
        Announce("Room TEA42, 60 s a turn"),
        Announce("2 of 4 here; bots fill up in 10 s"),
    ]
    host.wait(10)
    assert accounts(host) == [[None, ANN, None, None]]


@pytest.mark.parametrize("by_room", [False, True])
def test_the_token_alone_and_the_room_will_do(by_room: bool) -> None:
    """A client that knows nothing of reservations: a fresh join, or a reclaim without a room."""
    host = Host()
    reservation = host.reserve(ANN, room="TEA42")
    if by_room:
        link = host.hello("ANN", token=reservation.token, room="TEA42")
    else:
        link = host.hello("ANN", token=reservation.token, game_id=reservation.game_id)
    assert (link.table, link.seat) == (host.table("TEA42"), 0)


def test_the_token_is_not_shown() -> None:
    reservation = Host().reserve(ANN)
    assert reservation.token != NO_TOKEN
    assert repr(reservation.token) not in repr(reservation)
    assert reservation.token.hex() not in repr(reservation)


def test_another_token_does_not_take_the_seat() -> None:
    host = Host(TableSettings(seats=2))
    host.hello("BOB", room="TEA42")
    reservation = host.reserve(ANN, room="TEA42")
    eve = host.hello("Ann", token=token_of(9), game_id=reservation.game_id)
    assert eve.heard() == [Error(ErrorCode.GAME_IN_PROGRESS)]
    eve = host.hello("Ann", token=token_of(9), room="TEA42")
    assert eve.heard() == [Error(ErrorCode.LOBBY_FULL)]
    assert come(host, reservation).table is host.table("TEA42")


@pytest.mark.parametrize("by_http", [True, False])
def test_a_guest_makes_way_for_an_account_of_that_name(by_http: bool) -> None:
    """It was registered after they had sat down."""
    host = Host()
    guest = host.hello("ann", room="TEA42")
    elsewhere = come(host, host.reserve(ANN, room="OTHER"))
    if by_http:
        host.reserve(ANN, room="TEA42")
    else:
        host.hello("WHOEVER", room="TEA42", link=elsewhere)
    assert host.table("TEA42").seats.names == ["Guest ann", "Ann"]
    told = guest.heard_of(PlayerName)
    assert told[-2:] == [PlayerName(0, "Guest ann"), PlayerName(1, "Ann")]


# Where


def test_without_a_code_it_is_quick_play() -> None:
    host = Host()
    bob = host.hello("BOB")
    reservation = host.reserve(ANN)
    assert table_of(host, reservation) is bob.table
    assert table_of(host, host.reserve(CAT, room="TEA42", name="Cat")) is not bob.table


def test_a_room_that_does_not_exist_is_opened_and_private() -> None:
    host = Host()
    table = table_of(host, host.reserve(ANN, room="TEA42"))
    assert (table.room, table.public) == ("TEA42", False)
    assert host.hello("BOB", room="TEA42").table is table
    assert host.hello("CAT").table is not table


@pytest.mark.parametrize("delay", [0.0, 10.0])
def test_there_is_no_seat_at_a_table_that_is_full_or_plays(delay: float) -> None:
    host = Host(TableSettings(seats=2, start_delay_s=delay), tables_max=1)
    host.hello("BOB", room="TEA42")
    if delay:
        host.reserve(ANN, room="TEA42")
    code = ErrorCode.LOBBY_FULL if delay else ErrorCode.GAME_IN_PROGRESS
    with pytest.raises(NotSeated) as refusal:
        host.reserve(CAT, room="TEA42")
    assert refusal.value.code is code
    with pytest.raises(NotSeated) as refusal:
        host.reserve(CAT, room="ROOM2")
    assert refusal.value.code is ErrorCode.LOBBY_FULL
    assert len(host.lobby.tables) == 1


# Not coming


def test_a_seat_nobody_comes_for_is_given_up_after_a_minute() -> None:
    host = Host(TableSettings(start_delay_s=1000))
    bob = host.hello("BOB", room="TEA42")
    reservation = host.reserve(ANN, room="TEA42")
    table = host.table("TEA42")
    host.wait(60 - SHORT)
    assert table.seats.names == ["BOB", "Ann"]
    bob.heard()
    host.wait(SHORT)
    assert table.seats.names == ["BOB"]
    assert bob.heard() == [PlayerList((PlayerEntry(0, 0x60),))]
    assert come(host, reservation).heard() == [Error(ErrorCode.GAME_IN_PROGRESS)]


def test_a_table_nobody_comes_to_closes() -> None:
    host = Host()
    reservation = host.reserve(ANN)
    table = table_of(host, reservation)
    host.wait(60)
    assert not host.is_open(table)
    assert host.lobby.tables == {}
    assert come(host, reservation).heard() == [Error(ErrorCode.UNKNOWN)]


def test_a_seat_given_up_at_a_public_table_is_found_again() -> None:
    host = Host(TableSettings(seats=3, start_delay_s=1000))
    bob = host.hello("BOB")
    host.reserve(ANN)
    cat = host.hello("CAT")
    assert cat.table is bob.table
    host.wait(59)
    assert host.hello("DAN").table is not bob.table, "it is full"
    host.wait(1)
    assert host.hello("EVE").table is bob.table


def test_a_table_that_is_full_waits_for_who_has_reserved_but_not_longer_than_ever() -> None:
    host = Host(TableSettings(seats=2))
    host.hello("BOB", room="TEA42")
    reservation = host.reserve(ANN, room="TEA42")
    table = host.table("TEA42")
    host.wait(10 - SHORT)
    assert table.phase is Phase.WAITING
    come(host, reservation)
    assert host.table("TEA42").phase is Phase.PLAYING, "everybody is there"


def test_the_last_to_join_does_not_begin_without_who_has_reserved() -> None:
    host = Host(TableSettings(seats=2))
    reservation = host.reserve(ANN, room="TEA42")
    bob = host.hello("BOB", room="TEA42")
    assert bob.heard()[-1] == Announce("1 of 2 here; bots fill up in 10 s")
    assert host.table("TEA42").phase is Phase.WAITING
    come(host, reservation)
    assert accounts(host) == [[ANN, None]]


def test_who_comes_after_the_beginning_finds_the_seat_kept() -> None:
    host = Host(TableSettings(seats=2))
    host.hello("BOB", room="TEA42")
    reservation = host.reserve(ANN, room="TEA42")
    host.wait(10)
    table = host.table("TEA42")
    assert table.phase is Phase.PLAYING
    assert accounts(host) == [[None, ANN]]
    host.wait(100)
    assert host.game(table).turn > 0, "a bot plays for her"
    ann = come(host, reservation)
    assert (ann.table, ann.seat) == (table, 1)


# Again


def test_a_second_reservation_gives_the_first_one_up() -> None:
    host = Host(TableSettings(start_delay_s=1000))
    bob = host.hello("BOB", room="ONE")
    first = host.reserve(ANN, room="ONE")
    second = host.reserve(ANN, room="TWO")
    assert host.table("ONE").seats.names == ["BOB"]
    assert bob.heard()[-1] == PlayerList((PlayerEntry(0, 0x60),))
    assert come(host, first).heard() == [Error(ErrorCode.GAME_IN_PROGRESS)]
    assert come(host, second).table is host.table("TWO")
    host.reserve(ANN, room="THREE")
    assert host.table("TWO").seats.names == ["Ann"], "she has come there"


def test_one_account_cannot_fill_the_lobby_with_tables() -> None:
    host = Host()
    for number in range(50):
        host.reserve(ANN, room=f"R{number}")
    assert [table.room for table in host.lobby.tables.values()] == ["R49"]


def test_reserving_the_same_seat_again_brings_a_new_token() -> None:
    host = Host()
    first, second = host.reserve(ANN, room="TEA42"), host.reserve(ANN, room="TEA42")
    assert first.token != second.token
    assert host.table("TEA42").seats.names == ["Ann"]
    assert come(host, first).heard() == [Error(ErrorCode.GAME_IN_PROGRESS)]
    assert come(host, second).seat == 0


def test_quick_play_twice_is_the_same_seat() -> None:
    host = Host()
    first = host.reserve(ANN)
    host.hello("BOB", room="TEA42")
    second = host.reserve(ANN)
    assert first.game_id == second.game_id
    assert table_of(host, second).seats.names == ["Ann"]


def test_quick_play_of_somebody_who_plays_is_another_table() -> None:
    host = Host(TableSettings(seats=2))
    first = host.reserve(ANN)
    come(host, first)
    host.hello("BOB")
    assert table_of(host, first).phase is Phase.PLAYING
    assert host.reserve(ANN).game_id != first.game_id


@pytest.mark.parametrize("playing", [False, True])
def test_who_sits_there_already_gets_a_token_for_that_seat(playing: bool) -> None:
    """From another machine, say: the older connection is cut when the new one comes."""
    host = Host(TableSettings(seats=2))
    old = come(host, host.reserve(ANN, room="TEA42"))
    if playing:
        host.hello("BOB", room="TEA42")
    table = host.table("TEA42")
    again = host.reserve(ANN, room="TEA42")
    assert old.table is table
    old.heard()
    new = come(host, again)
    assert (new.table, new.seat) == (table, 0)
    assert old.heard() == [Announce("You play elsewhere now"), Error(ErrorCode.NAME_TAKEN)]
    assert old.hung_up
    assert table.seats.people == 1 + playing


def test_a_new_token_for_a_seat_of_a_running_game_is_a_record() -> None:
    host = Host(TableSettings(seats=2))
    first = host.reserve(ANN, room="TEA42")
    old = come(host, first)
    assert host.reserve(ANN, room="TEA42").seat == 0
    assert host.journal == [], "nothing is kept of a table that waits"
    come(host, host.reserve(BOB, room="TEA42", name="Bob"))
    table = host.table("TEA42")
    old.heard()
    second = host.reserve(ANN, room="TEA42")
    changed = host.journal[-1]
    assert isinstance(changed, TokenChanged)
    assert (changed.game, changed.seat) == (table.game, 0)
    assert second.token not in changed.token_hash
    assert not old.frames, "it is nobody's business"
    # The old token does not come back, here or after a restart.
    later = Host(TableSettings(seats=2), seed=2)
    later.restore(host.stored(table))
    for server in (host, later):
        assert come(server, first).heard() == [Error(ErrorCode.GAME_IN_PROGRESS)]
        assert come(server, second).seat == 0
    assert old.hung_up


def test_the_new_token_is_journalled_before_what_follows_it() -> None:
    host = Host(TableSettings(seats=2))
    old = come(host, host.reserve(ANN, room="TEA42"))
    host.hello("BOB", room="TEA42")
    old.heard()
    host.saves = False
    new = come(host, host.reserve(ANN, room="TEA42"))
    assert not new.frames
    host.save()
    assert new.heard_of(Welcome) != []


def test_a_finished_table_keeps_no_new_token() -> None:
    host = Host(TableSettings(seats=2, turn_time_s=20))
    come(host, host.reserve(ANN, room="TEA42"))
    host.hello("BOB", room="TEA42")
    while host.table("TEA42").phase is not Phase.FINISHED:
        host.wait(1)
    entries = list(host.journal)
    host.reserve(ANN, room="TEA42")
    assert host.journal == entries


# Rematch


def test_a_rematch_is_played_by_the_same_account() -> None:
    host = Host(TableSettings(seats=2, turn_time_s=20))
    ann = come(host, host.reserve(ANN, room="TEA42"))
    bob = host.hello("BOB", room="TEA42")
    first = host.table("TEA42")
    while first.phase is not Phase.FINISHED:
        host.wait(1)
    host.hello("IMPOSTOR", token=token_of(7), link=ann)
    assert bob.heard()[-1] == Announce("Ann plays again in room TEA42")
    host.hello("CAT", room="TEA42")
    assert accounts(host) == [[ANN, None], [ANN, None]]


def test_a_rematch_can_be_reserved_too() -> None:
    host = Host(TableSettings(seats=2, turn_time_s=20))
    come(host, host.reserve(ANN, room="TEA42"))
    bob = host.hello("BOB", room="TEA42")
    first = host.table("TEA42")
    while first.phase is not Phase.FINISHED:
        host.wait(1)
    bob.heard()
    reservation = host.reserve(ANN, room="TEA42")
    assert reservation.game_id != first.game_id
    assert bob.heard() == [Announce("Ann plays again in room TEA42")]
    come(host, reservation)
    host.hello("BOB", link=bob)
    assert accounts(host) == [[ANN, None], [ANN, None]]


def test_an_account_has_one_seat_at_a_table() -> None:
    """Its old connection joins without the token where it has reserved a seat: that is the seat."""
    host = Host()
    ann = come(host, host.reserve(ANN, room="ONE"))
    reservation = host.reserve(ANN, room="TWO")
    host.hello("ANN", room="TWO", link=ann)
    assert (ann.table, ann.seat) == (host.table("TWO"), 0)
    ann.heard()
    assert come(host, reservation).seat == 0
    assert ann.heard() == [Announce("You play elsewhere now"), Error(ErrorCode.NAME_TAKEN)]
    host.wait(10)
    assert [seats for seats in accounts(host) if ANN in seats] == [[ANN, None, None, None]]


def test_an_account_plays_under_its_own_name_wherever_it_says_hello() -> None:
    host = Host(TableSettings(seats=2))
    ann = come(host, host.reserve(ANN, room="ONE"))
    host.hello("IMPOSTOR", room="TWO", link=ann)
    host.hello("BOB", room="TWO")
    start = host.journal[-1]
    assert isinstance(start, GameStarted)
    assert [(seat.name, seat.account) for seat in start.seats] == [("Ann", ANN), ("BOB", None)]


# Logging out


@pytest.mark.parametrize("state", ["reserved", "waiting", "playing", "away", "finished"])
def test_a_login_that_is_over_ends_what_it_plays(state: str) -> None:
    """The seat, the token and the connection: none of them plays for the account any more."""
    host = Host(TableSettings(seats=2, turn_time_s=20))
    reservation = host.reserve(ANN, room="TEA42", session=b"here")
    table = table_of(host, reservation)
    ann = host.connect() if state == "reserved" else come(host, reservation)
    if state not in {"reserved", "waiting"}:
        bob = host.hello("BOB", room="TEA42")
        while state == "finished" and table.phase is not Phase.FINISHED:
            host.wait(1)
        bob.heard()
    if state == "away":
        host.lose(ann)
    ann.heard()
    host.log_out(ANN, b"there")
    assert table.seats.of_account(ANN) == 0, "another session"
    assert ann.heard() == []
    host.log_out(ANN, b"here")
    if state not in {"reserved", "away"}:
        assert ann.hung_up
        assert ann.heard() == [Announce("You are logged out")]
    again = come(host, reservation)
    assert [type(message) for message in again.heard()] == [Error]
    if state in {"playing", "away"}:
        assert table.seats[0].account == ANN, "the game is still theirs"
        assert not table.seats[0].is_present
        assert come(host, host.reserve(ANN, room="TEA42")).seat == 0
    if state in {"playing", "away", "finished"}:
        later = Host(TableSettings(seats=2), seed=2)
        if state != "finished":
            later.restore(host.stored(table))
            assert [type(it) for it in come(later, reservation).heard()] == [Error]
        else:
            assert isinstance(host.journal[-1], TokenChanged)


def test_a_connection_whose_login_is_over_is_a_guests() -> None:
    host = Host(TableSettings(seats=2))
    ann = come(host, host.reserve(ANN, room="ONE", session=b"here"))
    host.hello("BOB", room="ONE")
    host.house.names.register("Ann")
    host.saves = False
    host.log_out(ANN)
    host.hello("ANN", room="TWO", link=ann)  # before the journal lets the farewell out
    host.save()
    assert not ann.hung_up
    host.hello("CAT", room="TWO")
    start = host.journal[-1]
    assert isinstance(start, GameStarted)
    assert [(seat.name, seat.account) for seat in start.seats] == [
        ("Guest ANN", None),
        ("CAT", None),
    ]


def test_after_a_restart_any_logout_ends_what_an_account_plays() -> None:
    host = Host(TableSettings(seats=2))
    reservation = host.reserve(ANN, room="TEA42", session=b"here")
    come(host, reservation)
    host.hello("BOB", room="TEA42")
    later = Host(TableSettings(seats=2), seed=2)
    table = later.restore(host.stored(host.table("TEA42")))
    ann = come(later, reservation)
    later.log_out(ANN, b"which reserved it, for all that is known")
    assert ann.hung_up
    assert not table.seats[0].is_present


def test_a_deleted_account_leaves_no_name_at_its_table() -> None:
    host = Host(TableSettings(seats=2))
    come(host, host.reserve(ANN, room="TEA42"))
    bob = host.hello("BOB", room="TEA42")
    table = host.table("TEA42")
    bob.heard()
    host.log_out(ANN, deleted=True)
    assert (table.seats[0].name, table.seats[0].account) == ("Player 1", None)
    told = bob.heard()
    assert told[0] == PlayerName(0, "Player 1")
    assert told[-1] == Announce("Player 1 has left")


def test_a_guests_seat_makes_a_guest_of_whoever_takes_it() -> None:
    host = Host(TableSettings(seats=2, start_delay_s=1000))
    host.hello("GUEST", room="TWO", token=token_of(5))
    ann = come(host, host.reserve(ANN, room="ONE"))
    host.hello("ANN", token=token_of(5), room="TWO", link=ann)
    host.hello("BOB", room="TWO")
    assert accounts(host) == [[None, None]]


# Restored


def test_a_restored_game_knows_its_accounts() -> None:
    host = Host(TableSettings(seats=2))
    reservation = host.reserve(ANN, room="TEA42")
    come(host, reservation)
    come(host, host.reserve(BOB, room="TEA42", name="Bob"))
    stored = host.stored(host.table("TEA42"))
    later = Host(TableSettings(seats=2), seed=2)
    table = later.restore(stored)
    assert [seat.account for _, seat in table.seats.taken()] == [ANN, BOB]
    assert come(later, reservation).seat == 0
    assert later.reserve(BOB, room="TEA42").game_id == reservation.game_id, "she has her seat"
