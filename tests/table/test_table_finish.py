"""The end of a game, and the rematch."""

from hashlib import sha256

import pytest
from table_auditor import TaggedGame, end_message, hand_messages, state_message
from table_harness import Host, Mailbox, token_of
from table_positions import (
    GAME_ID,
    ROOM,
    find,
    last_action,
    message_of,
    seat_again,
    stored_game,
)

from rachel.rubp import (
    Announce,
    DrawCard,
    Error,
    ErrorCode,
    GameStart,
    Phase,
    PlayerWon,
    SyncRequest,
    TurnEnd,
    Welcome,
)
from rachel.rules.actions import Play
from rachel.rules.game import Game
from rachel_server.core.entries import ActionTaken, GameEnded, GameStarted, GameStatus
from rachel_server.core.playing import TURNS_MAX
from rachel_server.core.table import Table
from rachel_server.core.table_settings import TableSettings

SHORT = 1e-6


def one_to_go(seats: int = 3) -> tuple[Host, Table, TaggedGame, Play, list[Mailbox]]:
    """Return a game and the play that ends it; everybody is there."""

    def wanted(game: Game) -> bool:
        return last_action(game) is not None and len(game.attacks) > 4

    seed, actions = find(seats, wanted)
    host = Host(TableSettings(seats=seats))
    table = host.restore(stored_game(seats, seed, actions))
    links = [seat_again(host, seat) for seat in range(seats)]
    for link in links:
        link.heard()
    game = host.game(table)
    play = last_action(game.state)
    assert play is not None
    return host, table, game, play, links


def finished(seats: int = 3) -> tuple[Host, Table, list[Mailbox]]:
    """Return a game just over, everybody still there."""
    host, table, game, play, links = one_to_go(seats)
    host.say(links[game.current], message_of(play))
    assert table.phase is Phase.FINISHED
    for link in links:
        link.heard()
    return host, table, links


def test_the_last_action_ends_the_game_for_everybody() -> None:
    host, table, game, play, links = one_to_go()
    actor = game.current
    host.say(links[actor], message_of(play))
    assert game.is_over
    survivor = next(seat for seat in range(3) if game.hands[seat])
    start = host.auditor.started(table)
    for seat, link in enumerate(links):
        messages = link.heard()
        if seat == actor:
            assert messages[:1] == hand_messages(game, actor)
            messages = messages[1:]
        end, state, won, seed, nonce = messages
        assert isinstance(end, TurnEnd)
        assert (end.seat, end.cards) == (actor, play.cards)
        assert (end.finish_position, end.survivor) == (1, survivor)
        assert state == state_message(game)
        assert isinstance(won, PlayerWon)
        assert (won.survivor, won.turn, won.state_hash) == (survivor, game.turn, game.tag())
        assert seed == Announce(f"Seed {start.seed:016X}")
        assert nonce == Announce(f"Nonce {start.nonce.hex().upper()}")


def test_the_totals_are_the_severities_of_the_attacks() -> None:
    host, _, game, play, links = one_to_go(2)
    host.say(links[game.current], message_of(play))
    (won,) = links[0].heard_of(PlayerWon)
    assert won.attack_dealt is not None
    assert won.attack_taken is not None
    for seat in range(2):
        dealt = sum(severity for attacker, _, severity, _ in game.attacks if attacker == seat)
        taken = sum(severity for _, target, severity, _ in game.attacks if target == seat)
        assert (won.attack_dealt[seat], won.attack_taken[seat]) == (dealt, taken)
    assert sum(won.attack_dealt) > 0


def test_the_end_is_journalled_with_the_action_that_brought_it() -> None:
    host, _, game, play, links = one_to_go()
    host.say(links[game.current], message_of(play))
    taken, end = host.journal
    assert isinstance(taken, ActionTaken)
    assert game.survivor is not None
    assert end == GameEnded(
        game=taken.game,
        status=GameStatus.FINISHED,
        places=(*game.finish_order, game.survivor),
        at=host.unix_time(),
        cards_left=tuple(len(hand) for hand in game.hands),
        attack_dealt=tuple(sum(s for a, _, s, _ in game.attacks if a == n) for n in range(3)),
        attack_taken=tuple(sum(s for _, t, s, _ in game.attacks if t == n) for n in range(3)),
    )


def test_what_was_announced_before_the_deal_fits_what_is_announced_after_it() -> None:
    host = Host(TableSettings(seats=2, turn_time_s=20))
    ann = host.hello("ANN", room="TEA42")
    host.hello("BOB", room="TEA42")
    host.wait(50_000)
    texts = [message.text for message in ann.heard_of(Announce)]
    said = {
        name: text.removeprefix(name)
        for text in texts
        for name in ("Deal proof 1/2 ", "Deal proof 2/2 ", "Seed ", "Nonce ")
        if text.startswith(name)
    }
    whole = said["Deal proof 1/2 "] + said["Deal proof 2/2 "]
    told = bytes.fromhex(said["Seed "] + said["Nonce "])
    assert sha256(told).hexdigest().upper() == whole
    started = next(entry for entry in host.journal if isinstance(entry, GameStarted))
    assert Game.deal(2, int(said["Seed "], 16)).hands == Game.deal(2, started.seed).hands


def test_after_the_end_nothing_can_be_done_but_looking() -> None:
    host, table, links = finished()
    entries = list(host.journal)
    game = host.game(table)
    for message in (DrawCard(), message_of(Play((2,)))):
        host.say(links[0], message)
        assert links[0].heard() == [Error(ErrorCode.GAME_NOT_STARTED)]
    host.say(links[1], SyncRequest(0))
    told = [state_message(game), *hand_messages(game, 1), end_message(game)]
    assert links[1].heard() == told
    assert host.journal == entries


def test_a_loss_after_the_end_is_nobodys_business() -> None:
    host, _, links = finished()
    host.lose(links[0])
    assert all(not link.frames for link in links)


# The rematch


@pytest.mark.parametrize("header", [0, GAME_ID])
@pytest.mark.parametrize("room", ["", ROOM])
def test_hello_on_the_live_link_opens_the_next_game(header: int, room: str) -> None:
    host, old, (ann, bob, cat) = finished()
    host.hello("P0", token=token_of(10), room=room, game_id=header, link=ann)
    new = host.table(ROOM)
    assert new is not old
    assert new.game_id != old.game_id
    assert (ann.table, ann.seat) == (new, 0)
    assert ann.heard()[0] == Welcome(0, new.game_id, 3, Phase.WAITING)
    told = [Announce("P0 plays again in room TEA42")]
    assert (bob.heard(), cat.heard()) == (told, told)
    host.hello("P2", token=token_of(12), room=room, game_id=header, link=cat)
    assert (cat.table, cat.seat) == (new, 1)
    assert bob.heard() == [], "told once, when the table opens"
    late = host.hello("P1", token=token_of(11), room=ROOM)
    assert (late.table, late.seat) == (new, 2)
    for link in (ann, cat, late):
        assert len(link.heard_of(GameStart)) == 1
    starts = [entry for entry in host.journal if isinstance(entry, GameStarted)]
    assert [start.game_id for start in starts] == [new.game_id]


def test_a_new_connection_opens_the_next_game_by_room_code() -> None:
    host, old, links = finished()
    link = host.hello("NEW", room=ROOM)
    new = host.table(ROOM)
    assert link.table is new
    assert new is not old
    for other in links:
        assert other.heard() == [Announce("NEW plays again in room TEA42")]


def test_an_old_token_opens_no_door_to_the_next_game() -> None:
    """With the token of the finished game a new connection by room code is a newcomer."""
    host, old, (ann, *_) = finished()
    host.hello("P0", token=token_of(10), link=ann)
    link = host.hello("P1", token=token_of(1), room=ROOM)
    new = host.table(ROOM)
    assert (link.table, link.seat) == (new, 1)
    assert new.seats.names == ["P0", "P1"]
    assert old.seats.names == ["P0", "P1", "P2"]


def test_the_finished_game_can_be_looked_at_while_the_next_one_waits() -> None:
    host, old, (ann, bob, _) = finished()
    host.hello("P0", token=token_of(10), link=ann)
    host.lose(bob)
    link = host.hello("P1", token=token_of(1), game_id=GAME_ID)
    assert (link.table, link.seat) == (old, 1)


def test_a_finished_table_closes_after_a_minute() -> None:
    host, old, links = finished()
    host.wait(60 - SHORT)
    assert host.is_open(old)
    host.wait(SHORT)
    assert not host.is_open(old)
    assert host.lobby.tables == {}
    assert all(link.table is None and not link.hung_up for link in links)
    links[0].heard()
    host.say(links[0], SyncRequest(0))
    assert links[0].heard() == [Error(ErrorCode.GAME_NOT_STARTED)]
    host.hello("P0", link=links[0])
    assert links[0].heard()[0] == Welcome(0, GAME_ID + 1, 3, Phase.WAITING)


def test_a_finished_table_closes_once_all_have_left_it() -> None:
    host, old, links = finished()
    for link in links:
        assert link.seat is not None
        assert host.is_open(old)
        host.leave(old, link.seat)
        host.wait(SHORT)
    assert not host.is_open(old)
    assert host.lobby.tables == {}


def test_a_finished_table_waits_a_while_for_those_who_lost_the_connection() -> None:
    host, old, (_ann, bob, cat) = finished()
    host.leave(old, 0)
    host.lose(bob)
    host.wait(5)
    host.lose(cat)
    host.wait(30 - SHORT)
    assert host.is_open(old)
    host.wait(SHORT)
    assert not host.is_open(old)
    late, restarted, links = finished()
    late.wait(50)
    late.lose(*links)
    late.wait(10)
    assert not late.is_open(restarted), "the minute is over before their time to come back"


def test_a_finished_table_stays_for_whoever_came_back_to_it() -> None:
    host, old, (ann, bob, cat) = finished()
    host.lose(ann, bob, cat)
    back = host.hello("P1", token=token_of(1), game_id=GAME_ID)
    assert back.table is old
    host.wait(60 - SHORT)
    assert host.is_open(old)


def test_a_finished_table_stays_for_those_who_watch() -> None:
    host, old, _links = finished()
    watcher = host.hello("EVE", game_id=GAME_ID, watches=True)
    for seat in range(3):
        host.leave(old, seat)
    host.wait(60 - SHORT)
    assert watcher.table is old
    host.wait(SHORT)
    assert not host.is_open(old)


@pytest.mark.parametrize("saves", [True, False])
def test_who_watches_a_table_that_all_play_on_from_goes_along(saves: bool) -> None:
    host, old, game, play, links = one_to_go()
    watcher = host.hello("EVE", game_id=GAME_ID, watches=True)
    host.saves = saves
    host.say(links[game.current], message_of(play))
    for seat, link in enumerate(links):
        host.hello(f"P{seat}", token=token_of(10 + seat), link=link)
    host.wait(SHORT)
    host.saves = True
    host.save()
    host.wait(SHORT)
    assert not host.is_open(old)
    assert watcher.table is host.table(ROOM)


def test_closing_the_finished_table_leaves_the_rematch_its_room_code() -> None:
    host, old, (ann, *_) = finished()
    host.wait(55)
    host.hello("P0", token=token_of(10), link=ann)
    new = host.table(ROOM)
    host.wait(5)
    assert not host.is_open(old)
    late = host.hello("NEW", room=ROOM)
    assert late.table is new


def test_the_rematch_of_a_public_table_is_public_and_as_large() -> None:
    host = Host(TableSettings(seats=2, turn_time_s=20))
    ann = host.hello("ANN")
    bob = host.hello("BOB")
    old = ann.table
    assert old is not None
    assert old.public
    while not host.game(old).is_over:
        host.wait(20)
    host.hello("ANN", link=ann)
    new = ann.table
    assert new is not old
    assert new is not None
    assert (new.public, new.room, len(new.seats)) == (True, old.room, 2)
    stranger = host.hello("EVE")
    assert stranger.table is new, "quick play finds it"
    bob.heard()
    host.hello("BOB", link=bob)
    assert bob.heard_of(Error) == [Error(ErrorCode.GAME_IN_PROGRESS)]
    assert bob.table is old


def test_a_rematch_of_a_rematch() -> None:
    host = Host(TableSettings(seats=2, turn_time_s=20, rematch_s=60))
    links = [host.hello(name, room="TEA42", token=token_of(n)) for n, name in enumerate("AB")]
    seen = set()
    for game in range(3):
        table = host.table("TEA42")
        seen.add(table.game_id)
        while not host.game(table).is_over:
            host.wait(20)
        for number, link in enumerate(links):
            host.hello("AB"[number], token=token_of(10 + 2 * game + number), link=link)
    assert len(seen) == 3
    assert sum(isinstance(entry, GameStarted) for entry in host.journal) == 4


def test_a_game_without_end_is_given_up() -> None:
    host = Host(TableSettings(seats=2))
    links = [host.hello(name, room="TEA42", token=token_of(n)) for n, name in enumerate("AB")]
    table = host.table("TEA42")
    game = host.game(table)
    assert table._course.playing is not None
    game.state.turn = table._course.playing.game._game.turn = TURNS_MAX - 3
    for _ in range(3):
        assert table.phase is Phase.PLAYING
        host.say(links[game.current], message_of(game.legal_actions()[0]))
    assert table.phase is Phase.FINISHED, "it stays for a rematch"
    end = host.journal[-1]
    assert isinstance(end, GameEnded)
    assert (end.status, end.places) == (GameStatus.ABANDONED, ())
    assert Announce("No end in sight: the game is given up") in links[0].heard()
