"""People who leave on purpose, and what those who come back are told."""

import re

from table_harness import Host, Mailbox, Player, token_of

from rachel.client.session import ClientSession
from rachel.client.updates import Announced, TimeTold
from rachel.rubp import Announce, PlayerList
from rachel_server.core.table_settings import TableSettings


def people(host: Host, *names: str) -> list[Player]:
    players = [
        Player(host, ClientSession(name, token=token_of(number), room="TEA42"))
        for number, name in enumerate(names)
    ]
    for player in players:
        player.connect()
    return players


def announced(link: Mailbox) -> list[str]:
    return [said.text for said in link.heard_of(Announce)]


def test_a_goodbye_frees_a_seat_at_a_table_that_waits() -> None:
    host = Host()
    ann, bob = people(host, "ANN", "BOB")
    bob.link.heard()
    ann.send(ann.session.goodbye())
    assert ann.link.hung_up
    said = bob.link.heard()
    assert said[-1] == Announce("ANN has left")
    assert [len(it.entries) for it in said if isinstance(it, PlayerList)] == [1]
    assert not any(it.watchers for it in said if isinstance(it, PlayerList))


def test_after_a_goodbye_a_bot_plays_at_once_until_the_player_is_back() -> None:
    host = Host(TableSettings(seats=2, bot_delay_s=1.0, watch=False))
    ann, bob = people(host, "ANN", "BOB")
    table = host.table("TEA42")
    ann.send(ann.session.goodbye())
    host.lose(ann.link)
    bob.link.heard()
    host.wait(1.1)
    assert host.game(table).turn == 1
    assert announced(bob.link) == ["ANN is away: a bot plays this turn"]
    ann.connect()
    assert ann.session.view is not None
    assert "ANN is back" in announced(bob.link)


def test_who_sits_down_elsewhere_has_left() -> None:
    host = Host(TableSettings(seats=2, bot_delay_s=1.0))
    ann, _ = people(host, "ANN", "BOB")
    table = host.table("TEA42")
    host.hello("ANN", room="ELSE", token=token_of(7), link=ann.link)
    host.wait(1.1)
    assert host.game(table).turn == 1


def test_who_comes_back_hears_how_long_the_turn_lasts_and_what_they_missed() -> None:
    host = Host(TableSettings(seats=3, bot_delay_s=1.0, turn_time_s=60.0))
    ann, bob, cat = people(host, "ANN", "BOB", "CAT")
    game = host.game(host.table("TEA42"))
    while game.current:
        next(player for player in (bob, cat) if player.act())
    before, held = game.turn, len(game.hands[0])
    host.lose(ann.link)
    while game.turn < before + 5:
        if not any(player.act() for player in (bob, cat)):
            host.wait(1.0)
    host.wait(20.0 if game.current else 0.0)
    ann.updates.clear()
    ann.connect()
    texts = [update.text for update in ann.updates if isinstance(update, Announced)]
    first, *did = (text for text in texts if text.startswith("While away: "))
    own = sum(action.seat == 0 for action in host.stored(host.table("TEA42")).actions[before:])
    assert first == f"While away: {game.turn - before} turns, {own} of them yours"
    found = [
        re.fullmatch(r"While away: a bot (played|drew) (\d+) cards? for you", it) for it in did
    ]
    cards = {it[1]: int(it[2]) for it in found if it}
    assert len(game.hands[0]) == held + cards.get("drew", 0) - cards.get("played", 0)
    assert [it.seconds for it in ann.updates if isinstance(it, TimeTold)] == [
        60 if game.current == 0 else 40
    ]


def test_everybody_hears_that_a_turn_ends_earlier_or_later() -> None:
    host = Host(TableSettings(seats=2, turn_time_s=60.0))
    ann, bob = people(host, "ANN", "BOB")
    host.wait(5)
    bob.link.heard()
    host.lose(ann.link)
    assert announced(bob.link) == ["ANN lost the connection", "30 s left in this turn"]
    host.wait(12)
    ann.connect()
    assert announced(bob.link) == ["ANN is back", "60 s left in this turn"]
