"""A server that stops: everybody is told, and then nothing more is done for anybody."""

from table_auditor import GOODBYE
from table_harness import Host, token_of
from table_positions import message_of

from rachel.rubp import Announce, Heartbeat, Hello, SyncRequest, TurnEnd
from rachel_server.core.table_settings import TableSettings


def test_a_house_that_stops_tells_everybody_at_a_table_once_and_does_no_more() -> None:
    host = Host(TableSettings(seats=2))
    links = [host.hello(name, room="TEA42", token=token_of(n)) for n, name in enumerate("AB")]
    stranger = host.connect()
    table = host.table("TEA42")
    stored = host.stored(table)
    for link in links:
        link.heard()
    host.carry_out(host.house.stop(GOODBYE))
    assert [link.heard() for link in links] == [[Announce(GOODBYE)], [Announce(GOODBYE)]]
    assert not stranger.frames
    for message in (Heartbeat(), SyncRequest(0), Hello("X", room="NEW")):
        host.say(links[0], message)
    host.now += 10_000
    host.tick()
    host.lose(links[0])
    assert not any(link.frames or link.hung_up for link in (*links, stranger))
    assert len(host.journal) == 1
    assert list(host.lobby.tables.values()) == [table]
    host.carry_out(host.house.restored(stored, host.now))
    assert list(host.lobby.tables.values()) == [table]
    assert not links[1].frames


def test_what_waits_for_the_journal_still_leaves() -> None:
    host = Host(TableSettings(seats=2))
    links = [host.hello(name, room="TEA42", token=token_of(n)) for n, name in enumerate("AB")]
    host.saves = False
    game = host.game(host.table("TEA42"))
    host.say(links[0], message_of(game.legal_actions()[0]))
    for link in links:
        link.heard()
    host.carry_out(host.house.stop(GOODBYE))
    assert links[1].heard() == [Announce(GOODBYE)], "at once"
    host.save()
    assert all(link.heard_of(TurnEnd) for link in links)


def test_an_answer_of_a_bot_comes_too_late() -> None:
    host = Host(TableSettings(seats=2))
    host.hello("ANN", room="TEA42")
    host.wait(10)
    host.thinks = False
    host.wait(60)
    (thought,) = host.thoughts
    host.carry_out(host.house.stop(GOODBYE))
    host.answer(thought, thought.view.legal_actions()[0])
    assert len(host.journal) == 1
