"""ClientSession after lost links, lost frames and games: it comes back to the true state."""

import pytest
from scripted_host import (
    GAME_ID,
    TOKEN,
    ScriptedHost,
    cards,
    framed,
    position,
    requests,
    seated,
    sent,
)

from rachel.client.session import ClientSession
from rachel.client.updates import (
    GameOver,
    HandChanged,
    Refused,
    Resyncing,
    StateChanged,
    TurnStarted,
    Welcomed,
)
from rachel.rubp import (
    Error,
    ErrorCode,
    FrameStream,
    HandSync,
    Heartbeat,
    Hello,
    Phase,
    SyncRequest,
    TurnStart,
    Welcome,
    decode,
)
from rachel.rules.actions import DRAW, Action, Play
from rachel.rules.game import Game
from rachel.rules.view import view_for


def test_a_reclaimed_seat_is_prompted_although_its_turn_started_long_ago() -> None:
    host = ScriptedHost(position("9C 4H", "5S 6S"))
    session = ClientSession("Ann", token=TOKEN, game_id=GAME_ID)
    session.hello()
    updates = session.receive(framed(*host.welcome(Phase.PLAYING), *host.pair()))
    assert updates[0] == Welcomed(0, Phase.PLAYING)
    assert updates[-2:] == [StateChanged(), HandChanged()]
    assert session.prompt
    session.play(cards("9C"))


def test_a_reconnect_keeps_what_was_seen_and_drops_half_a_frame() -> None:
    host = ScriptedHost(position("9C 4H 5H", "9S 6S"))
    session, _ = seated(host, version=1)  # which has no checksum to find the seam by
    session.receive(framed(*host.act(Play(tuple(cards("9C")))), version=1)[:-10])
    session.hello()
    assert not session.prompt
    updates = session.receive(framed(*host.welcome(Phase.PLAYING), *host.pair(), version=1))
    assert updates[0] == Welcomed(0, Phase.PLAYING)
    assert session.view == view_for(host.game, 0)
    session.receive(framed(*host.act(Play(tuple(cards("9S"))))))
    assert session.prompt
    assert session.outgoing() == b""


def test_turns_passed_while_away_are_no_mismatch() -> None:
    host = ScriptedHost(position("9C 4H 5H", "9S 6S", "8S 8D"))
    session, _ = seated(host)
    session.hello()
    for text in ("9C", "9S"):
        host.act(Play(tuple(cards(text))))
    updates = session.receive(framed(*host.welcome(Phase.PLAYING), *host.pair()))
    assert not [update for update in updates if isinstance(update, Resyncing)]
    assert session.outgoing() == b""
    assert session.view is not None
    assert session.view.public.seen == tuple(cards("9S"))


@pytest.mark.parametrize("action", [Play(tuple(cards("9C"))), DRAW])
def test_a_link_lost_between_the_halves_is_no_mismatch(action: Action) -> None:
    mine = "9C 4H 5H" if action is not DRAW else "4C 5C 6C"
    host = ScriptedHost(position(mine, "9S 6S"))
    session, _ = seated(host)
    told = host.act(action)
    session.receive(framed(told[0]))
    session.hello()
    updates = session.receive(framed(*host.welcome(Phase.PLAYING), *host.pair()))
    assert not [update for update in updates if isinstance(update, Resyncing)]
    assert session.view == view_for(host.game, 0)
    assert session.outgoing() == b""


def test_an_action_lost_with_the_link_can_be_sent_again() -> None:
    host = ScriptedHost(position("9C 4H", "5S 6S"))
    session, _ = seated(host)
    lost = session.play(cards("9C"))
    session.hello()
    session.receive(framed(*host.welcome(Phase.PLAYING), *host.pair()))
    assert sent(session.play(cards("9C"))) == sent(lost)


def test_a_game_that_ended_while_we_were_away_is_told() -> None:
    game = position("9C", "5S 6S")
    host = ScriptedHost(game)
    session, _ = seated(host)
    session.hello()
    host.act(Play(tuple(cards("9C"))))
    updates = session.receive(framed(*host.welcome(Phase.FINISHED), *host.pair()))
    assert GameOver(1, (0,)) in updates
    assert session.phase is Phase.FINISHED
    assert not session.prompt


def test_a_rematch_begins_afresh() -> None:
    host = ScriptedHost(position("9C", "5S 6S"))
    session, _ = seated(host)
    session.receive(framed(*host.act(Play(tuple(cards("9C"))))))
    (frame,) = FrameStream().feed(session.again(bytes(8)))
    hello = decode(frame)
    assert isinstance(hello, Hello)
    assert (frame.game_id, hello.room, hello.token) == (0, "ABCD", bytes(8))
    assert session.phase is Phase.FINISHED
    updates = session.receive(framed(Welcome(1, 67, 4, Phase.WAITING)))
    assert updates == [Welcomed(1, Phase.WAITING)]
    assert (session.game_id, session.seat, session.view) == (67, 1, None)
    assert session.names == ["Seat 1", "Seat 2", "Seat 3", "Seat 4"]
    assert (session.present, session.attack_dealt) == (frozenset(), None)


def test_a_hand_of_another_state_makes_the_session_ask_once() -> None:
    host = ScriptedHost(position("9C 4H", "5S 6S"))
    session, _ = seated(host)
    told = host.act(Play(tuple(cards("9C"))))
    assert isinstance(told[0], HandSync)
    assert told[0].state_hash is not None
    told[0].state_hash ^= 1
    updates = session.receive(framed(*told))
    assert updates[-2:] == [
        Resyncing("the hand belongs to another state of the table"),
        TurnStarted(1, 1),
    ]
    assert requests(session) == [SyncRequest(1, host.state_hash())]
    session.receive(framed(*host.pair(), Heartbeat()))
    assert requests(session) == []


def test_a_host_that_goes_on_disagreeing_is_not_asked_in_a_loop() -> None:
    host = ScriptedHost(position("9C 4H", "5S 6S"))
    session, _ = seated(host)
    wrong = HandSync(tuple(cards("KD")), 0, host.state_hash())
    asked = []
    for _ in range(5):
        session.receive(framed(host.state(), wrong, Heartbeat()))
        asked += requests(session)
    assert len(asked) == 1


def test_a_lost_hand_is_noticed_by_its_size() -> None:
    host = ScriptedHost(position("9C 4H", "5S 6S"))
    session, _ = seated(host)
    updates = session.receive(framed(*host.act(Play(tuple(cards("9C"))))[1:]))
    assert Resyncing("the hand has another size than the table says") in updates
    assert requests(session) == [SyncRequest(1, host.state_hash())]
    session.receive(framed(*host.pair()))
    assert session.view == view_for(host.game, 0)


def test_a_lost_state_is_noticed_at_the_start_of_the_turn() -> None:
    host = ScriptedHost(position("9C 4H", "5S 6S", current=1))
    session, _ = seated(host)
    host.act(DRAW)
    updates = session.receive(framed(host.turn_start()))
    assert updates == [Resyncing("a turn was missed"), TurnStarted(0, 1)]
    assert not session.prompt
    session.receive(framed(*host.pair()))
    assert session.prompt


def test_a_turn_that_starts_from_another_state_is_noticed() -> None:
    host = ScriptedHost(position("9C 4H", "5S 6S"))
    session, _ = seated(host)
    updates = session.receive(framed(TurnStart(0, 0, state_hash=1)))
    assert Resyncing("the turn starts from another state of the table") in updates


def test_a_stale_action_may_be_turns_behind() -> None:
    host = ScriptedHost(position("9C 4H", "5S 6S", "8S 8D", current=1))
    session, _ = seated(host)
    host.act(DRAW)
    host.act(DRAW)
    updates = session.receive(framed(Error(ErrorCode.UNKNOWN), *host.pair()))
    assert updates == [Refused(ErrorCode.UNKNOWN, ()), StateChanged()]
    assert session.prompt


def test_a_hand_of_an_older_turn_is_ignored() -> None:
    host = ScriptedHost(position("9C 4H", "5S 6S"))
    session, _ = seated(host)
    old = host.hand_sync()
    session.receive(framed(*host.act(Play(tuple(cards("9C"))))))
    assert session.receive(framed(*old)) == []
    assert session.view == view_for(host.game, 0)


def test_missed_turns_are_noticed() -> None:
    host = ScriptedHost(position("9C 4H", "5S 6S", "8S 8D", current=1))
    session, _ = seated(host)
    host.act(DRAW)
    updates = session.receive(framed(*host.act(DRAW)))
    assert Resyncing("a turn was missed") in updates


def test_each_complete_pair_is_acknowledged() -> None:
    host = ScriptedHost(position("9C 4H", "5S 6S"))
    session, _ = seated(host, acknowledge=True)
    known = host.state_hash()
    assert requests(session) == [SyncRequest(0, known, acknowledge=True)]
    told = host.act(Play(tuple(cards("9C"))))
    session.receive(framed(*told[:-2]))
    assert requests(session) == []
    session.receive(framed(told[-2]))
    assert requests(session) == [SyncRequest(1, host.state_hash(), acknowledge=True)]
    session.receive(framed(*host.pair()))
    assert len(requests(session)) == 1


def test_a_pair_that_disagrees_is_not_acknowledged() -> None:
    host = ScriptedHost(position("9C 4H", "5S 6S"))
    session, _ = seated(host, acknowledge=True)
    session.outgoing()
    told = host.act(Play(tuple(cards("9C"))))
    session.receive(framed(HandSync(tuple(cards("4H")), 1, 12345), *told[1:]))
    assert requests(session) == [SyncRequest(1, host.state_hash())]


def test_without_the_capability_nothing_is_acknowledged() -> None:
    session, _ = seated(ScriptedHost(Game.deal(2, 1)))
    assert session.outgoing() == b""
