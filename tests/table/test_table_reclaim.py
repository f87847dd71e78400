"""Coming back: by token, at any phase, with one connection per person."""

from dataclasses import replace

import pytest
from table_auditor import TaggedGame, end_message, hand_messages, state_message
from table_harness import Host, Mailbox, Player, play_out, token_of
from table_positions import GAME_ID, find, last_action, message_of, stored_game

from rachel.client.session import ClientSession
from rachel.rubp import (
    NO_TOKEN,
    Announce,
    DrawCard,
    Error,
    ErrorCode,
    Heartbeat,
    Phase,
    PlayCard,
    PlayerEntry,
    PlayerList,
    PlayerName,
    SyncRequest,
    TurnStart,
    Welcome,
)
from rachel.rules.deal_proof import commitment
from rachel_server.core.entries import ActionTaken, GameEnded, GameStarted, TokenChanged
from rachel_server.core.table import Table
from rachel_server.core.table_settings import TableSettings

ANN, BOB, CAT = (PlayerEntry(seat, 0x60) for seat in range(3))
ROOM = "TEA42"
ROOM_LINE = Announce("Room TEA42, 60 s a turn")


def proof_of(start: GameStarted) -> list[Announce]:
    """Return what is announced about a deal before its game is over."""
    proof = commitment(start.seed, start.nonce).upper()
    return [Announce(f"Deal proof 1/2 {proof[:32]}"), Announce(f"Deal proof 2/2 {proof[32:]}")]


def waiting() -> tuple[Host, Table, Mailbox, Mailbox]:
    """Return a host at whose table ANN and BOB wait."""
    host = Host()
    ann = host.hello("ANN", room=ROOM, token=token_of(0))
    bob = host.hello("BOB", room=ROOM, token=token_of(1))
    ann.heard()
    bob.heard()
    return host, host.table(ROOM), ann, bob


def playing() -> tuple[Host, Table, TaggedGame, list[Mailbox]]:
    """Return a host at whose full table ANN, BOB and CAT have started to play."""
    host = Host(TableSettings(seats=3))
    names = ("ANN", "BOB", "CAT")
    links = [host.hello(name, room=ROOM, token=token_of(n)) for n, name in enumerate(names)]
    for link in links:
        link.heard()
    table = host.table(ROOM)
    return host, table, host.game(table), links


def playing_or_waiting(in_game: bool) -> tuple[Host, Table, Mailbox]:
    """Return a host, a table that plays or waits, and ANN's connection to it."""
    if in_game:
        host, table, _, (ann, *_) = playing()
    else:
        host, table, ann, _ = waiting()
    return host, table, ann


def names(*names: str) -> list[PlayerName]:
    return [PlayerName(seat, name) for seat, name in enumerate(names)]


def test_while_waiting() -> None:
    host, table, ann, bob = waiting()
    host.lose(ann)
    assert bob.heard() == [PlayerList((BOB,)), Announce("ANN lost the connection")]
    host.wait(5)
    ann = host.hello("EVE", token=token_of(0), game_id=table.game_id)
    assert ann.heard() == [
        Welcome(0, table.game_id, 4, Phase.WAITING),
        *names("ANN", "BOB"),
        PlayerList((ANN, BOB)),
        ROOM_LINE,
    ]
    assert bob.heard() == [PlayerList((ANN, BOB))]


def test_while_waiting_it_does_not_put_off_the_start() -> None:
    host, table, ann, _ = waiting()
    host.lose(ann)
    host.wait(9)
    host.hello("ANN", token=token_of(0), game_id=table.game_id)
    host.wait(1)
    assert table.phase is Phase.PLAYING


def test_who_comes_back_or_watches_hears_who_has_left_and_who_got_lost() -> None:
    host, table, _, (ann, bob, cat) = playing()
    host.lose(bob)
    host.leave(table, 2)
    host.lose(ann)
    gone = [Announce("BOB lost the connection"), Announce("CAT has left")]
    ann = host.hello("ANN", token=token_of(0), game_id=table.game_id)
    heard = ann.heard()
    at = heard.index(PlayerList((ANN,))) + 1
    assert heard[at : at + 3] == [*gone, ROOM_LINE]
    eve = host.hello("EVE", room=ROOM, watches=True)
    assert [message for message in eve.heard() if message in gone] == gone
    assert not ann.heard_of(Announce), "only newcomers are told"
    cat = host.hello("CAT", token=token_of(2), game_id=table.game_id)
    assert [message for message in cat.heard() if message in gone] == gone[:1]


def test_whose_seat_is_kept_has_not_got_lost_while_the_table_waits() -> None:
    host, table, ann, bob = waiting()
    host.reserve(7, room=ROOM, name="Cat")
    host.lose(bob)
    eve = host.hello("EVE", room=ROOM, watches=True)
    told = [Announce("BOB lost the connection"), ROOM_LINE]
    assert eve.heard_of(Announce) == told
    host.lose(ann)
    ann = host.hello("ANN", token=token_of(0), game_id=table.game_id)
    assert ann.heard_of(Announce) == told


def test_when_the_game_is_over_nobody_is_missed() -> None:
    host = Host(TableSettings(seats=2))
    names = ("ANN", "BOB")
    people = [
        Player(host, ClientSession(n, token=token_of(i), room=ROOM)) for i, n in enumerate(names)
    ]
    for person in people:
        person.connect()
    play_out(host, host.table(ROOM), people)
    host.lose(people[1].link)
    eve = host.hello("EVE", room=ROOM, watches=True)
    assert Announce("BOB lost the connection") not in eve.heard()


def test_while_playing_state_and_hand_come_and_no_turn_start() -> None:
    host, table, game, (ann, bob, cat) = playing()
    host.lose(bob)
    assert ann.heard() == [PlayerList((ANN, CAT)), Announce("BOB lost the connection")]
    bob = host.hello("EVE", token=token_of(1), game_id=table.game_id)
    assert bob.heard() == [
        Welcome(1, table.game_id, 3, Phase.PLAYING),
        *names("ANN", "BOB", "CAT"),
        state_message(game),
        *hand_messages(game, 1),
        Announce("BOB is back"),
        PlayerList((ANN, BOB, CAT)),
        ROOM_LINE,
        Announce("60 s left in this turn"),
        *proof_of(host.auditor.started(table)),
    ]
    assert ann.heard() == [Announce("BOB is back"), PlayerList((ANN, BOB, CAT))]
    cat.heard()


@pytest.mark.parametrize("after", ["a loss", "a restart"])
def test_after_the_end_it_is_told_again(after: str) -> None:
    seed, actions = find(2, lambda game: last_action(game) is not None)
    host = Host(TableSettings(seats=2))
    stored = stored_game(2, seed, actions)
    table = host.restore(stored)
    game = host.game(table)
    links = [host.hello("X", token=token_of(seat), game_id=GAME_ID) for seat in range(2)]
    last = last_action(game.state)
    assert last is not None
    host.say(links[game.current], message_of(last))
    assert table.phase is Phase.FINISHED
    if after == "a restart":
        (taken, end) = host.journal
        assert isinstance(taken, ActionTaken)
        assert isinstance(end, GameEnded)
        over = replace(stored, actions=(*stored.actions, taken), status=end.status, end=end)
        host = Host(TableSettings(seats=2))
        table = host.restore(over)
        game = host.game(table)
        here = [BOB]
    else:
        host.lose(links[1])
        here = [ANN, BOB]
    link = host.hello("X", token=token_of(1), game_id=GAME_ID)
    assert link.heard() == [
        Welcome(1, GAME_ID, 2, Phase.FINISHED),
        *names("P0", "P1"),
        state_message(game),
        *hand_messages(game, 1),
        end_message(game),
        PlayerList(tuple(here)),
        ROOM_LINE,
        *proof_of(stored.start),
        Announce(f"Seed {seed:016X}"),
        Announce(f"Nonce {stored.start.nonce.hex().upper()}"),
    ]
    host.wait(table.settings.rematch_s)
    assert not host.is_open(table)


@pytest.mark.parametrize("lost", [True, False])
def test_by_room_code_and_token_alone(lost: bool) -> None:
    """A client that never got its WELCOME does not know its game's id."""
    host, table, game, links = playing()
    if lost:
        host.lose(links[2])
    link = host.hello("CAT", room=ROOM, token=token_of(2))
    assert link.heard()[0] == Welcome(2, table.game_id, 3, Phase.PLAYING)
    host.say(link, SyncRequest(0))
    assert link.heard()[1:] == hand_messages(game, 2)


@pytest.mark.parametrize("in_game", [True, False])
def test_a_second_connection_replaces_the_first(in_game: bool) -> None:
    if in_game:
        host, table, game, links = playing()
    else:
        host, table, *links = waiting()
    old = links[0]
    new = host.hello("ANN", token=token_of(0), game_id=table.game_id)
    assert old.hung_up
    assert old.table is None
    assert not new.hung_up
    assert (new.table, new.seat) == (table, 0)
    # An ERROR that it did not ask for: its program knows that it must not come back.
    assert old.heard() == [Announce("You play elsewhere now"), Error(ErrorCode.NAME_TAKEN)]
    assert Announce("ANN is back") not in links[1].heard(), "she was never away"
    for link in (new, *links[1:]):
        link.heard()
    # What the old connection still says or does is nobody's.
    entries = list(host.journal)
    for message in (DrawCard(), PlayCard((2,)), SyncRequest(0), Heartbeat()):
        host.say(old, message, game_id=table.game_id)
    host.lose(old)
    assert host.journal == entries
    assert new.heard() == []
    assert all(link.heard() == [] for link in links[1:])
    assert PlayerEntry(0, 0x60) in table.seats.present()
    if in_game:
        host.say(new, SyncRequest(0))
        assert new.heard() == [state_message(game), *hand_messages(game, 0)]


@pytest.mark.parametrize("in_game", [True, False])
def test_the_token_that_a_connection_says_last_is_that_of_its_seat(in_game: bool) -> None:
    """As after two quick presses on a button that makes a new token for each HELLO."""
    host, table, ann = playing_or_waiting(in_game)
    host.hello("ANN", room=ROOM, token=token_of(9), link=ann)
    assert (ann.table, ann.seat) == (table, 0)
    changed = [entry for entry in host.journal if isinstance(entry, TokenChanged)]
    assert [entry.seat for entry in changed] == ([0] if in_game else [])
    host.lose(ann)
    stranger = host.hello("ANN", token=token_of(0), game_id=table.game_id)
    assert stranger.heard() == [Error(ErrorCode.GAME_IN_PROGRESS)]
    back = host.hello("ANN", token=token_of(9), game_id=table.game_id)
    assert (back.table, back.seat) == (table, 0)


@pytest.mark.parametrize("in_game", [True, False])
def test_an_old_client_that_repeats_its_hello_leaves_the_seat_its_token(in_game: bool) -> None:
    host, table, ann = playing_or_waiting(in_game)
    for token in (NO_TOKEN, token_of(0)):
        host.hello("ANN", room=ROOM, token=token, link=ann)
        assert (ann.table, ann.seat) == (table, 0)
    assert not [entry for entry in host.journal if isinstance(entry, TokenChanged)]
    host.lose(ann)
    back = host.hello("ANN", token=token_of(0), game_id=table.game_id)
    assert (back.table, back.seat) == (table, 0)


@pytest.mark.parametrize(
    "token", [token_of(9), NO_TOKEN, bytes([0x70, 0, 0x70, 0, 0x70, 0, 0x70, 1])]
)
@pytest.mark.parametrize("lost", [True, False])
def test_a_wrong_token_gets_an_error_and_no_welcome(token: bytes, lost: bool) -> None:
    host, table, _, links = playing()
    if lost:
        host.lose(links[0])
    for link in links[1:]:
        link.heard()
    stranger = host.hello("ANN", token=token, game_id=table.game_id)
    assert stranger.heard() == [Error(ErrorCode.GAME_IN_PROGRESS)]
    assert stranger.table is None
    assert all(not link.frames for link in links[1:])
    assert not any(link.hung_up for link in links)


def test_a_game_nobody_knows_cannot_be_reclaimed() -> None:
    host, table, _, _ = playing()
    link = host.hello("ANN", token=token_of(0), game_id=table.game_id + 1)
    assert link.heard() == [Error(ErrorCode.UNKNOWN)]
    assert link.table is None


def test_a_seat_without_a_token_cannot_be_reclaimed_but_is_kept_for_the_game() -> None:
    host = Host(TableSettings(seats=2))
    ann = host.hello("ANN", room=ROOM)
    bob = host.hello("BOB", room=ROOM, token=token_of(1))
    table = host.table(ROOM)
    host.lose(ann)
    link = host.hello("ANN", game_id=table.game_id)
    assert link.heard() == [Error(ErrorCode.GAME_IN_PROGRESS)]
    link = host.hello("ANN", room=ROOM)
    assert link.heard() == [Error(ErrorCode.GAME_IN_PROGRESS)]
    assert table.seats.names == ["ANN", "BOB"]
    bob.heard()
    host.wait(30)
    assert host.game(table).turn > 0, "a bot plays it on"


def test_a_failed_reclaim_on_a_live_connection_leaves_its_seat_alone() -> None:
    host, table, game, links = playing()
    other = host.hello("DAN", room="OTHER", token=token_of(7))
    other.heard()
    host.hello("DAN", token=token_of(8), game_id=table.game_id, link=other)
    assert other.heard() == [Error(ErrorCode.GAME_IN_PROGRESS)]
    assert other.table is host.table("OTHER")
    assert all(not link.frames for link in links)
    assert game.turn == 0


def test_who_comes_back_on_another_machine_is_listed_with_it() -> None:
    host, table, _, links = playing()
    host.lose(links[1])
    links[0].heard()
    link = host.hello(
        "BOB", token=token_of(1), game_id=table.game_id, platform=2, look=b"abc", version=1
    )
    assert links[0].heard_of(PlayerList) == [PlayerList((ANN, PlayerEntry(1, 2, b"abc"), CAT))]
    assert {frame.version for frame in link.heard_frames()} == {1}


def test_a_connection_has_one_seat() -> None:
    """ANN's connection claims CAT's seat with CAT's token: it leaves ANN's."""
    host, table, game, (ann, bob, cat) = playing()
    host.hello("ANN", token=token_of(2), game_id=table.game_id, link=ann)
    assert cat.hung_up
    assert (ann.table, ann.seat) == (table, 2)
    ann.heard()
    assert bob.heard_of(PlayerList)[-1] == PlayerList((BOB, CAT))
    host.wait(30)
    assert game.turn > 0, "a bot plays ANN's seat"
    messages = ann.heard()
    assert messages.count(TurnStart(game.current, game.turn, 0, 0, game.tag())) <= 1
    host.lose(ann)
    assert bob.heard_of(PlayerList)[-1] == PlayerList((BOB,))


def test_everybody_may_come_back_again_and_again() -> None:
    host, table, game, links = playing()
    for turn in range(30):
        seat = turn % 3
        host.lose(links[seat])
        host.wait(1)
        links[seat] = host.hello("X", token=token_of(seat), game_id=table.game_id)
        host.say(links[game.current], message_of(game.legal_actions()[0], game.tag()))
        if game.is_over:
            break
    assert game.turn == min(30, turn + 1)
    assert table.seats.names == ["ANN", "BOB", "CAT"]
