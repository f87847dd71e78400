"""Bots think outside the house: their answer comes later, too late, or never."""

import pytest
from table_auditor import TaggedGame
from table_harness import Host, Mailbox, spoil, token_of
from table_positions import message_of

from rachel.bots import choose
from rachel.rubp import Announce, PlayCard, SyncRequest, TurnEnd
from rachel.rules.actions import DRAW, Action, Play
from rachel_server.core.entries import ActionTaken
from rachel_server.core.outcome import Thought
from rachel_server.core.playing import THINKING_S
from rachel_server.core.table import Table
from rachel_server.core.table_settings import TableSettings

SHORT = 1e-6
ROOM = "TEA42"


def thinking(*, away: bool = False) -> tuple[Host, Table, TaggedGame, list[Mailbox], Thought]:
    """Return a game of ANN and BOB in which a bot thinks for ANN: she sleeps, or is ``away``."""
    host = Host(TableSettings(seats=2, bot_level="beginner"))
    links = [
        host.hello(name, room=ROOM, token=token_of(n)) for n, name in enumerate(("ANN", "BOB"))
    ]
    host.thinks = False
    table = host.table(ROOM)
    if away:
        host.lose(links[0])
    for link in links:
        link.heard()
    host.wait(30 if away else 60)
    (thought,) = host.thoughts
    host.thoughts.clear()
    links[0].heard()
    return host, table, host.game(table), links, thought


def test_what_is_asked_for() -> None:
    host, table, game, _, thought = thinking()
    assert thought.level == "beginner"
    assert (thought.view.seat, thought.view.hand) == (0, tuple(game.hands[0]))
    assert (thought.ticket.game_id, thought.ticket.epoch) == (table.game_id, 1)
    assert game.turn == 0
    assert len(host.journal) == 1


def test_the_answer_comes_later() -> None:
    host, _, game, links, thought = thinking()
    host.wait(THINKING_S - SHORT)
    assert game.turn == 0
    action = choose(thought.level, thought.view, thought.rng)
    host.answer(thought, action)
    assert host.journal[-1] == ActionTaken(
        host.auditor.started(host.table(ROOM)).game, 0, 0, action, game.state_hash()
    )
    heard = links[1].heard()
    assert heard[0] == Announce("ANN is away: a bot plays this turn")
    assert isinstance(heard[1], TurnEnd)
    host.answer(thought, action)
    assert game.turn == 1, "an answer counts once"


@pytest.mark.parametrize("how", ["act", "come back", "sync"])
def test_who_is_back_acts_themselves(how: str) -> None:
    host, table, game, links, thought = thinking(away=how == "come back")
    if how == "come back":
        links[0] = host.hello("ANN", token=token_of(0), game_id=table.game_id)
    elif how == "act":
        host.say(links[0], message_of(game.legal_actions()[0]))
    else:
        host.say(links[0], SyncRequest(0))
    turn = game.turn
    assert turn == (how == "act")
    if how == "sync":  # her time is over all the same: it was the bot's turn to act
        host.answer(thought, None)
        assert game.turn == 1
        return
    host.answer(thought, thought.view.legal_actions()[0])
    host.wait(THINKING_S)
    assert game.turn == turn, "too late"
    host.wait(60 - THINKING_S - SHORT)
    assert game.turn == turn
    assert len(host.journal) == 1 + turn


def test_nobody_thinks_while_everybody_is_away() -> None:
    host, table, game, links, thought = thinking(away=True)
    host.lose(links[1])
    host.answer(thought, thought.view.legal_actions()[0])
    host.wait(100)
    assert game.turn == 0
    links[1] = host.hello("BOB", token=token_of(1), game_id=table.game_id)
    host.answer(thought, thought.view.legal_actions()[0])
    assert game.turn == 0, "an answer to another question"
    host.wait(1)
    (again,) = host.thoughts
    assert again.ticket.number == thought.ticket.number + 1
    host.answer(again, None)
    assert game.turn == 1


def test_an_answer_to_an_earlier_run_of_the_table_counts_for_nothing() -> None:
    host, table, _, _, thought = thinking()
    host.mends = True
    spoil(table)
    host.begin(table)
    host.mend()
    game = host.game(host.table(ROOM))
    host.wait(60)
    (again,) = host.thoughts
    assert again.ticket.number == thought.ticket.number, "each run counts anew"
    host.answer(thought, thought.view.legal_actions()[0])
    assert game.turn == 0
    host.answer(again, again.view.legal_actions()[0])
    assert game.turn == 1


def test_an_answer_for_a_table_that_is_gone() -> None:
    host, table, _, links, thought = thinking()
    host.lose(*links)
    host.wait(600)
    assert not host.is_open(table)
    entries = list(host.journal)
    host.answer(thought, thought.view.legal_actions()[0])
    assert host.journal == entries


@pytest.mark.parametrize("answers", [False, True])
def test_the_host_acts_itself_when_no_answer_is_to_be_had(answers: bool) -> None:
    host, _, game, links, thought = thinking()
    if answers:
        host.answer(thought, None)
    else:
        host.wait(THINKING_S - SHORT)
        assert game.turn == 0
        host.wait(SHORT)
    assert game.turn == 1
    taken = host.journal[-1]
    assert isinstance(taken, ActionTaken)
    assert taken.action in thought.view.legal_actions()
    assert len(links[1].heard_of(TurnEnd)) == 1
    host.answer(thought, taken.action)
    assert game.turn == 1


def test_the_host_waits_for_the_answer_while_nothing_can_be_saved() -> None:
    host, _, game, _, _ = thinking()
    host.carry_out(host.house.saving_failed(host.now))
    host.wait(100)
    assert game.turn == 0
    host.carry_out(host.house.saving_works(host.now))
    host.wait(THINKING_S - SHORT)
    assert game.turn == 0
    host.wait(SHORT)
    assert game.turn == 1


@pytest.mark.parametrize("action", [Play((0xFF,)), Play(()), DRAW])
def test_an_answer_that_the_rules_forbid_is_replaced(action: Action) -> None:
    host, _, _, _, thought = thinking()
    legal = thought.view.legal_actions()
    assert action not in legal
    host.answer(thought, action)
    taken = host.journal[-1]
    assert isinstance(taken, ActionTaken)
    assert taken.action in legal


def test_somebody_refused_while_a_bot_thinks_is_not_asked_for_twice() -> None:
    host, _, game, links, thought = thinking()
    host.say(links[0], PlayCard(()))
    host.wait(1)
    assert host.thoughts == []
    host.answer(thought, None)
    assert game.turn == 1
