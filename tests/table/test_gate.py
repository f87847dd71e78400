"""The gate: what waits for the journal, in which order it leaves, and what never leaves."""

import pytest
from table_auditor import TaggedGame, written
from table_harness import Host, Mailbox, token_of
from table_positions import message_of

from rachel.rubp import (
    FRAME_SIZE,
    Announce,
    GameState,
    Heartbeat,
    SyncRequest,
    TurnEnd,
    Welcome,
    encode,
)
from rachel.rules.actions import DRAW
from rachel_server.core.entries import ActionTaken
from rachel_server.core.gate import WAITING_BYTES_MAX, Gate
from rachel_server.core.house import SAVING_WORKS
from rachel_server.core.outcome import Effects, Outcome
from rachel_server.core.reception import SAVING_DELAYED
from rachel_server.core.table import Table
from rachel_server.core.table_settings import TableSettings
from rachel_server.core.tally import Spread

A, B, C = 1, 2, 3
"""Connections."""

# By itself


class Doorman:
    """A gate, and what has left it.

    Attributes:
        heard: bytes that left, by connection.
        cuts: the connections that were cut.
        records: how many records it has numbered.
    """

    def __init__(self) -> None:
        self.gate = Gate()
        self.now = 0.0
        self.heard: dict[int, bytes] = {}
        self.cuts: list[int] = []
        self.records = 0

    def admit(
        self,
        game: str | None,
        *sends: tuple[tuple[int, ...], bytes],
        records: int = 0,
        cuts: tuple[int, ...] = (),
        acted: Spread | None = None,
    ) -> None:
        """Bring the effects of one input."""
        entries = [ActionTaken(game or "", turn, 0, DRAW, 0) for turn in range(records)]
        effects, outcome = Effects(), Outcome()
        effects.entries += entries
        effects.sends += [(list(to), data) for to, data in sends]
        effects.cuts += cuts
        self.gate.admit(outcome, effects, game, 7, self.now, acted)
        numbers = [record.sequence for record in outcome.records]
        assert numbers == list(range(self.records + 1, self.records + records + 1))
        assert [record.entry for record in outcome.records] == entries
        assert {record.epoch for record in outcome.records} <= {7}
        self.records += records
        self._take(outcome)

    def save(self, sequence: int) -> None:
        outcome = Outcome()
        self.gate.saved(sequence, self.now, outcome)
        self._take(outcome)

    def _take(self, outcome: Outcome) -> None:
        for connection, data in written(outcome).items():
            self.heard[connection] = self.heard.get(connection, b"") + data
        self.cuts += outcome.cuts


def test_without_a_record_nothing_waits() -> None:
    door = Doorman()
    door.admit(None, ((A, B), b"1"), cuts=(B,))
    door.admit("g", ((A,), b"2"))
    assert (door.heard, door.cuts) == ({A: b"12", B: b"1"}, [B])
    assert not door.gate.waits("g")


def test_what_follows_a_record_leaves_in_order_when_that_is_saved() -> None:
    door = Doorman()
    door.admit("g", ((A, B), b"1"), ((A,), b"2"), records=2)
    door.admit("g", ((A, B), b"3"), records=1)
    assert door.gate.waits("g")
    door.save(1)
    assert door.heard == {}, "the second of two records is not saved yet"
    door.save(2)
    assert door.heard == {A: b"12", B: b"1"}
    assert door.gate.waits("g"), "a later record is not saved yet"
    door.save(3)
    assert door.heard == {A: b"123", B: b"13"}
    assert not door.gate.waits("g")


def test_what_a_game_says_behind_its_record_waits_although_it_has_none_itself() -> None:
    door = Doorman()
    door.admit("g", ((A,), b"1"), records=1)
    door.admit("g", ((A,), b"2"))
    door.admit("g", ((B,), b"3"))
    assert door.heard == {}
    door.save(1)
    assert door.heard == {A: b"12", B: b"3"}
    door.admit("g", ((A,), b"4"))
    assert door.heard[A] == b"124"


def test_games_do_not_wait_for_each_other() -> None:
    door = Doorman()
    door.admit("g", ((A,), b"1"), records=1)
    door.admit("h", ((B,), b"x"))
    assert door.heard == {B: b"x"}
    door.admit("h", ((B,), b"y"), records=1)
    door.admit("g", ((A,), b"2"))  # waits for the first record, not for the last of all
    door.admit("g", ((A,), b"3"), records=1)
    door.save(1)
    assert door.heard == {A: b"12", B: b"x"}
    assert (door.gate.waits("g"), door.gate.waits("h")) == (True, True)
    door.save(2)
    assert door.heard == {A: b"12", B: b"xy"}
    door.save(3)
    assert door.heard == {A: b"123", B: b"xy"}


def test_many_records_may_be_saved_at_once_or_not_be_ours() -> None:
    door = Doorman()
    door.save(0)
    for turn in range(5):
        door.admit("gh"[turn % 2], ((A,), b"%d" % turn), records=1)
    door.save(99)
    assert door.heard == {A: b"01234"}
    door.save(99)
    assert door.heard == {A: b"01234"}, "once"


def test_cuts_wait_too() -> None:
    door = Doorman()
    door.admit("g", ((A,), b"1"), records=1)
    door.admit("g", ((B,), b"bye"), cuts=(B,))
    assert door.cuts == []
    door.save(1)
    assert (door.heard[B], door.cuts) == (b"bye", [B])


@pytest.mark.parametrize("named", [True, False])
def test_what_waits_for_who_has_moved_on_never_leaves(named: bool) -> None:
    door = Doorman()
    door.admit("g", ((A, B) if named else (B,), b"1"), records=1, cuts=(A,))
    door.gate.moved_on(A, "g")
    door.admit("h", ((A,), b"x"), records=1)
    door.admit("i", ((A,), b"now"))
    door.save(2)
    assert door.heard == {A: b"nowx", B: b"1"}, "what waits for their new table leaves"
    assert door.cuts == []
    door.admit("g", ((A,), b"2"), records=1, cuts=(A,))
    door.save(3)
    assert (door.heard[A], door.cuts) == (b"nowx2", [A]), "they have come back"


def test_what_waits_for_a_refused_game_never_leaves() -> None:
    door = Doorman()
    door.admit("g", ((A,), b"1"), records=1)
    door.admit("h", ((A,), b"x"), records=1)
    door.admit("g", ((A, B), b"2"), records=1, cuts=(B,))
    door.gate.refused("g")
    assert not door.gate.waits("g")
    door.save(3)
    assert (door.heard, door.cuts) == ({A: b"x"}, [])


def test_nothing_waits_for_who_is_gone() -> None:
    door = Doorman()
    door.admit("g", ((A, B), b"1"), records=1)
    door.gate.moved_on(A, "g")
    door.gate.moved_on(C, "g")
    door.gate.moved_on(B, "h")
    door.gate.moved_on(B, None)
    door.save(1)
    assert door.heard == {B: b"1"}


# Bounds

HALF = WAITING_BYTES_MAX // 2


def test_who_makes_too_much_wait_is_cut_and_nobody_else() -> None:
    door = Doorman()
    door.admit("g", ((A, B), bytes(HALF)), ((A,), bytes(HALF)), records=1)
    assert door.cuts == []
    door.admit("g", ((A, B), b"1"))
    assert door.cuts == [A]
    door.save(1)
    assert len(door.heard[A]) == 2 * HALF
    assert door.heard[B] == bytes(HALF) + b"1"


def test_bytes_that_have_left_or_never_will_do_not_count() -> None:
    door = Doorman()
    for _ in range(4):
        door.admit("g", ((A,), bytes(WAITING_BYTES_MAX)), records=1)
        door.save(door.records)
        door.admit("h", ((A,), bytes(WAITING_BYTES_MAX)), records=1)
        door.gate.refused("h")
        door.admit("i", ((A,), bytes(WAITING_BYTES_MAX)), records=1)
        door.gate.moved_on(A, "i")
        door.save(door.records)
    assert door.cuts == []
    assert len(door.heard[A]) == 4 * WAITING_BYTES_MAX
    door.admit("g", ((A,), bytes(WAITING_BYTES_MAX)), records=1)
    door.admit("g", ((A,), b"1"), records=1)
    assert door.cuts == [A], "over all records of a game"


def test_what_waits_for_one_does_not_count_for_another() -> None:
    door = Doorman()
    for _ in range(3):
        for connection in (A, B, C):
            door.admit("g", ((connection,), bytes(WAITING_BYTES_MAX // 3)), records=1)
    door.admit("g", ((A, B, C), b"12"))
    assert door.cuts == []
    door.admit("g", ((A, B, C), b"3"))
    assert door.cuts == [A, B, C]
    door.save(door.records)
    assert {len(heard) for heard in door.heard.values()} == {WAITING_BYTES_MAX // 3 * 3 + 2}


def test_an_action_takes_as_long_as_its_frames_wait() -> None:
    door, spread = Doorman(), Spread((1.0, 2.0))
    door.admit("g", ((A,), b"1"), records=1, acted=spread)
    door.admit("h", ((A,), b"1"), records=1, acted=spread)
    door.gate.refused("h")
    assert spread.count == 0
    door.now = 1.5
    door.save(2)
    assert (spread.counts, spread.total) == ([0, 1, 0], 1.5)


# At a house


def two_tables() -> tuple[Host, list[Table], list[Mailbox]]:
    """Return a host whose journal does not save by itself, and two games of two people each."""
    host = Host(TableSettings(seats=2))
    links = [
        host.hello("PQ"[seat], room=room, token=token_of(10 * table + seat))
        for table, room in enumerate(("ONE", "TWO"))
        for seat in range(2)
    ]
    for link in links:
        link.heard()
    host.saves = False
    return host, [host.table(room) for room in ("ONE", "TWO")], links


def act(host: Host, game: TaggedGame, links: list[Mailbox]) -> None:
    host.say(links[game.current], message_of(game.legal_actions()[0], game.tag()))


def test_frames_leave_when_their_record_is_saved_game_by_game() -> None:
    host, tables, links = two_tables()
    one, two = (host.game(table) for table in tables)
    act(host, one, links[:2])  # record 1
    act(host, two, links[2:])  # record 2
    act(host, one, links[:2])  # record 3
    assert not any(link.frames for link in links)
    turns = []
    for _ in range(3):
        host.save(1)
        turns.append([[end.turn for end in link.heard_of(TurnEnd)] for link in links])
    assert turns == [[[1], [1], [], []], [[], [], [1], [1]], [[2], [2], [], []]]


def test_an_answer_waits_behind_the_record_of_its_game_but_not_of_others() -> None:
    host, tables, links = two_tables()
    game = host.game(tables[0])
    act(host, game, links[:2])
    for link in (links[0], links[2]):
        host.say(link, SyncRequest(0))
    assert links[2].heard_of(GameState) != []
    assert not links[0].frames
    host.save()
    messages = links[0].heard()
    states = [message.turn for message in messages if isinstance(message, GameState)]
    assert states == [1, 1], "of the action, then of the answer"


def test_what_one_input_brings_leaves_in_the_order_of_its_frames() -> None:
    host, tables, links = two_tables()
    game = host.game(tables[0])
    actor = links[game.current]
    moves = (Heartbeat(), message_of(game.legal_actions()[0]), SyncRequest(0))
    data = b"".join(
        encode(move, version=2, sequence=0, player_id=0, game_id=tables[0].game_id)
        for move in moves
    )
    frames = actor.stream.feed(data)
    host.carry_out(host.house.received(actor.connection, frames, host.now))
    assert actor.heard() == [Heartbeat()], "at once; the rest waits"
    host.save()
    kinds = [type(message) for message in actor.heard()]
    assert kinds.index(TurnEnd) < kinds.index(GameState)
    assert kinds.count(GameState) == 2


def test_a_welcome_to_a_table_that_waits_waits_too() -> None:
    host, tables, links = two_tables()
    act(host, host.game(tables[0]), links[:2])
    again = host.hello("P", token=token_of(0), game_id=tables[0].game_id)
    assert not again.frames
    assert not links[0].hung_up, "the older connection is cut when that is said"
    host.save()
    assert again.heard_of(Welcome) != []
    assert links[0].hung_up


def test_who_has_moved_on_hears_what_their_new_table_says_and_nothing_of_the_old() -> None:
    host, tables, links = two_tables()
    game = host.game(tables[0])
    act(host, game, links[:2])
    mover, stayer = links[:2]
    host.hello("P", room="NEW", token=token_of(0), link=mover)
    new = host.table("NEW")
    assert {frame.game_id for frame in mover.heard_frames()} == {new.game_id}
    host.hello("R", room="NEW", token=token_of(5))  # begins: a record
    assert not mover.frames
    host.save()
    assert {frame.game_id for frame in mover.heard_frames()} == {new.game_id}
    assert stayer.heard_of(TurnEnd) != []


def test_who_was_replaced_and_sits_elsewhere_is_not_cut_for_it() -> None:
    host, tables, links = two_tables()
    act(host, host.game(tables[0]), links[:2])
    old = links[0]
    host.hello("P", token=token_of(0), game_id=tables[0].game_id)
    old.heard()
    host.hello("P", room="NEW", link=old)
    host.save()
    assert not old.hung_up
    assert old.table is host.table("NEW")
    assert {frame.game_id for frame in old.heard_frames()} == {host.table("NEW").game_id}


def test_a_refused_game_is_closed_and_what_waits_is_never_said() -> None:
    host, tables, links = two_tables()
    for table, pair in zip(tables, (links[:2], links[2:]), strict=True):
        act(host, host.game(table), pair)
    game = tables[0].game
    assert game is not None
    host.auditor.refused(game)
    host.carry_out(host.house.refused(game))
    for link in links[:2]:
        assert link.heard() == [Announce("This game cannot be saved: the table is closed")]
        assert link.hung_up
    host.save()
    assert not host.is_open(tables[0])
    assert not any(link.frames for link in links[:2])
    assert all(link.heard_of(TurnEnd) for link in links[2:]), "the other game goes on"
    host.hello("NEW", room="ONE")
    assert host.table("ONE") is not tables[0]


def test_who_has_left_a_game_that_is_then_refused_is_cut_all_the_same() -> None:
    host, tables, links = two_tables()
    act(host, host.game(tables[0]), links[:2])
    host.leave(tables[0], 0)
    assert not links[0].hung_up, "the farewell waits"
    game = tables[0].game
    assert game is not None
    host.auditor.refused(game)
    host.carry_out(host.house.refused(game))
    host.save()
    host.wait(5)
    assert links[0].hung_up
    assert not links[0].frames


def test_who_is_gone_is_sent_nothing_that_waited() -> None:
    host, tables, links = two_tables()
    act(host, host.game(tables[0]), links[:2])
    host.lose(links[0])
    host.save()
    assert not links[0].frames
    assert links[1].heard_of(TurnEnd) != []


def test_heartbeats_and_news_about_saving_overtake() -> None:
    host, tables, links = two_tables()
    act(host, host.game(tables[0]), links[:2])
    host.carry_out(host.house.saving_failed(host.now))
    host.say(links[0], Heartbeat())
    host.say(links[0], SyncRequest(0))
    assert links[0].heard() == [Announce(SAVING_DELAYED), Heartbeat()]
    stranger = host.hello("NEW", token=token_of(0), game_id=tables[0].game_id)
    assert stranger.heard() == [Announce(SAVING_DELAYED)], "the WELCOME waits"
    host.carry_out(host.house.saving_works(host.now))
    assert links[1].heard() == [Announce(SAVING_DELAYED), Announce(SAVING_WORKS)]
    host.save()
    assert Welcome in [type(message) for message in stranger.heard()]


def test_who_asks_again_and_again_while_nothing_is_saved_is_cut() -> None:
    host, tables, links = two_tables()
    act(host, host.game(tables[0]), links[:2])
    asked = 0
    while not links[0].hung_up:
        host.say(links[0], SyncRequest(0))
        asked += 1
    frames = WAITING_BYTES_MAX // FRAME_SIZE
    assert frames // 3 < asked <= frames // 2, "each answer has two frames or three"
    assert not links[1].hung_up
    host.wait(0)
    host.save()
    assert not links[0].frames, "the connection is gone"
    assert links[1].heard_of(TurnEnd) != []
