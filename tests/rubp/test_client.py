"""ClientSession at a host that plays by the book: joining, playing, refusals."""

import random

import pytest
from scripted_host import GAME_ID, TOKEN, ScriptedHost, cards, framed, position, seated, sent

from rachel.client.session import ClientSession
from rachel.client.updates import (
    Announced,
    GameOver,
    GameStarted,
    HandChanged,
    HostTooNew,
    Moved,
    PlaysElsewhere,
    Refused,
    Rejected,
    RosterChanged,
    StateChanged,
    TurnStarted,
    Update,
    Welcomed,
)
from rachel.rubp import (
    HOST_ID,
    Announce,
    CardDrawn,
    DrawCard,
    DrawReason,
    Error,
    ErrorCode,
    FrameStream,
    Heartbeat,
    Hello,
    Phase,
    PlayCard,
    Welcome,
    decode,
)
from rachel.rules.actions import Action, Draw, IllegalAction, Play, Refusal
from rachel.rules.game import Game
from rachel.rules.view import view_for

TURNS_MAX = 2000


def test_a_fresh_hello_asks_for_any_seat() -> None:
    session = ClientSession("Zoë", token=TOKEN, room="abc", acknowledge=True)
    (frame,) = FrameStream().feed(session.hello())
    assert (frame.player_id, frame.game_id, frame.version) == (HOST_ID, 0, 2)
    hello = decode(frame)
    assert isinstance(hello, Hello)
    assert (hello.name, hello.token, hello.room) == ("Zoe", TOKEN, "ABC")
    assert hello.acknowledges_sync
    assert (session.phase, session.view, session.prompt) == (None, None, False)


@pytest.mark.parametrize(("token", "room"), [(b"short", ""), (TOKEN, "TOOLONGFOR"), (TOKEN, "A B")])
def test_what_no_hello_can_carry_is_refused_at_once(token: bytes, room: str) -> None:
    with pytest.raises(ValueError, match=r"token|room"):
        ClientSession("Ann", token=token, room=room)


def test_the_lobby_is_known_after_the_welcome() -> None:
    session = ClientSession("Ann", token=TOKEN)
    session.hello()
    updates = session.receive(framed(*ScriptedHost(Game.deal(3, 1), seat=2).welcome()))
    assert updates[0] == Welcomed(2, Phase.WAITING)
    assert updates[-1] == Announced("Room ABCD, 60 s a turn")
    assert updates.count(RosterChanged()) == 4
    assert (session.seat, session.seats, session.game_id) == (2, 3, GAME_ID)
    assert session.names == ["P0", "P1", "P2"]
    assert session.present == {0, 1, 2}
    assert session.platforms == {0: 0x60, 1: 0x60, 2: 0x60}
    assert (session.room, session.turn_time_s) == ("ABCD", 60)


def test_a_room_without_a_turn_clock_says_so() -> None:
    session = ClientSession("Ann", token=TOKEN)
    session.hello()
    session.receive(framed(Welcome(0, 5, 4, Phase.WAITING), Announce("Room X1, no turn clock")))
    assert (session.room, session.turn_time_s) == ("X1", None)


@pytest.mark.parametrize(
    "code", [ErrorCode.LOBBY_FULL, ErrorCode.GAME_IN_PROGRESS, ErrorCode.NAME_TAKEN]
)
def test_a_hello_that_cannot_be_seated_is_rejected(code: ErrorCode) -> None:
    session = ClientSession("Ann", token=TOKEN)
    session.hello()
    assert session.receive(framed(Error(code))) == [Rejected(code)]


@pytest.mark.parametrize(("spec", "is_known"), [(0, True), (1, True), (2, False), (65535, False)])
def test_a_host_with_newer_rules_is_not_played_with(spec: int, is_known: bool) -> None:
    session = ClientSession("Ann", token=TOKEN)
    session.hello()
    updates = session.receive(framed(Welcome(1, GAME_ID, 2, Phase.WAITING, spec)))
    assert updates == [Welcomed(1, Phase.WAITING) if is_known else HostTooNew(spec)]
    assert session.phase == (Phase.WAITING if is_known else None)
    (goodbye,) = FrameStream().feed(session.goodbye())
    assert goodbye.game_id == GAME_ID


def test_who_plays_elsewhere_now_knows_it_by_a_code_and_not_by_words() -> None:
    session, _ = seated(ScriptedHost(Game.deal(2, 1)))
    updates = session.receive(framed(Announce("Whatever"), Error(ErrorCode.NAME_TAKEN)))
    assert updates == [Announced("Whatever"), PlaysElsewhere()]


def test_a_reclaim_that_matches_no_seat_is_rejected() -> None:
    session = ClientSession("Ann", token=TOKEN, game_id=GAME_ID)
    (frame,) = FrameStream().feed(session.hello())
    assert frame.game_id == GAME_ID
    assert session.receive(framed(Error(ErrorCode.UNKNOWN))) == [Rejected(ErrorCode.UNKNOWN)]


def test_frames_count_up_and_carry_our_seat() -> None:
    session, _ = seated(ScriptedHost(Game.deal(2, 1), seat=1))
    frames = FrameStream().feed(session.heartbeat() + session.heartbeat() + session.sync())
    assert [frame.sequence for frame in frames] == [2, 3, 4]
    assert {(frame.player_id, frame.game_id) for frame in frames} == {(1, GAME_ID)}


def test_the_start_deals_a_hand_and_prompts_the_first_seat() -> None:
    game = Game.deal(4, 42)
    session, updates = seated(ScriptedHost(game))
    assert [u for u in updates if not isinstance(u, RosterChanged | Announced)] == [
        Welcomed(0, Phase.WAITING),
        GameStarted(),
        StateChanged(),
        TurnStarted(0, 0),
    ]
    assert session.view == view_for(game, 0)
    assert session.prompt
    assert session.outgoing() == b""


def test_the_prompt_waits_for_the_start_of_the_turn() -> None:
    host = ScriptedHost(Game.deal(2, 1))
    session = ClientSession("Ann", token=TOKEN)
    session.hello()
    session.receive(framed(*host.welcome(), *host.start()[:-1]))
    assert session.view is not None
    assert session.view.is_my_turn
    assert not session.prompt
    with pytest.raises(IllegalAction, match="not started yet"):
        session.draw()
    session.receive(framed(host.turn_start()))
    assert session.prompt


def test_a_play_carries_the_hash_it_was_chosen_in() -> None:
    host = ScriptedHost(position("9C 4H", "5S 6S"))
    session, _ = seated(host)
    known = host.state_hash()
    assert sent(session.play(cards("9C"))) == [PlayCard(tuple(cards("9C")), None, known)]
    assert not session.prompt
    with pytest.raises(IllegalAction, match="on its way"):
        session.play(cards("4H"))


def test_a_card_that_may_lead_is_put_first() -> None:
    session, _ = seated(ScriptedHost(position("4C 4S 4H", "5S 6S")))
    (play,) = sent(session.play(cards("4C 4S 4H")))
    assert isinstance(play, PlayCard)
    assert play.cards == tuple(cards("4H 4C 4S"))


def test_the_order_of_a_play_that_can_lead_is_kept() -> None:
    session, _ = seated(ScriptedHost(position("9C 9S 9D", "5S 6S")))
    (play,) = sent(session.play(cards("9S 9D 9C")))
    assert isinstance(play, PlayCard)
    assert play.cards == tuple(cards("9S 9D 9C"))


@pytest.mark.parametrize(
    ("chosen", "suit", "reason"),
    [
        ("", None, Refusal.INVALID_PLAY),
        ("5D", None, Refusal.CARD_NOT_IN_HAND),
        ("9C 9C", None, Refusal.CARD_NOT_IN_HAND),
        ("9C KS", None, Refusal.INVALID_PLAY),
        ("KS", None, Refusal.INVALID_PLAY),
        ("AH", None, Refusal.MUST_NOMINATE_SUIT),
        ("9C", 1, Refusal.CANNOT_NOMINATE_SUIT),
    ],
)
def test_an_illegal_play_is_not_sent(chosen: str, suit: int | None, reason: Refusal) -> None:
    session, _ = seated(ScriptedHost(position("9C KS AH", "5S 6S")))
    with pytest.raises(IllegalAction) as refusal:
        session.play(cards(chosen), suit)
    assert refusal.value.reason is reason
    assert session.prompt


def test_an_ace_nominates() -> None:
    session, _ = seated(ScriptedHost(position("AH 2C", "5S 6S")))
    (play,) = sent(session.play(cards("AH"), 3))
    assert isinstance(play, PlayCard)
    assert play.nominated_suit == 3


def test_who_can_play_must_not_draw() -> None:
    session, _ = seated(ScriptedHost(position("9C 2S", "5S 6S")))
    with pytest.raises(IllegalAction) as refusal:
        session.draw()
    assert refusal.value.reason is Refusal.MUST_PLAY_IF_ABLE
    assert session.prompt


def test_a_draw_says_why_and_how_many() -> None:
    session, _ = seated(ScriptedHost(position("KS 3D", "5S 6S")))
    (plain,) = sent(session.draw())
    assert isinstance(plain, DrawCard)
    assert (plain.reason, plain.count) == (DrawReason.CANNOT_PLAY, 1)
    session, _ = seated(ScriptedHost(position("KS 3D", "5S 6S", top="2H", pending_draws=4)))
    (attacked,) = sent(session.draw())
    assert isinstance(attacked, DrawCard)
    assert (attacked.reason, attacked.count) == (DrawReason.ATTACK, 4)


def test_nobody_acts_out_of_turn_or_without_a_game() -> None:
    session = ClientSession("Ann", token=TOKEN)
    with pytest.raises(IllegalAction, match="has not started"):
        session.draw()
    session, _ = seated(ScriptedHost(position("9C 2S", "5S 6S", current=1)))
    with pytest.raises(IllegalAction, match="turn of P1") as refusal:
        session.play(cards("9C"))
    assert refusal.value.reason is Refusal.NOT_YOUR_TURN


def test_our_own_draw_arrives_before_the_state_it_belongs_to() -> None:
    host = ScriptedHost(position("KS 3D", "5S 6S", deck="8C 7C"))
    session, _ = seated(host)
    session.draw()
    updates = session.receive(framed(*host.act(Draw())))
    assert updates == [
        HandChanged(tuple(cards("7C"))),
        Moved(0, (), None, 1, 1, None),
        StateChanged(),
        TurnStarted(1, 1),
    ]
    assert session.view == view_for(host.game, 0)
    assert session.outgoing() == b""


def test_cards_that_come_twice_are_held_once() -> None:
    host = ScriptedHost(position("KS 3D", "5S 6S", deck="8C 7C"))
    session, _ = seated(host)
    session.receive(framed(CardDrawn(tuple(cards("KS 7C"))), CardDrawn(tuple(cards("7C")))))
    assert session.view is not None
    assert session.view.hand == tuple(cards("KS 3D 7C"))


def test_another_seats_move_changes_the_table_only() -> None:
    host = ScriptedHost(position("KS 3D", "9C 6S", current=1))
    session, _ = seated(host)
    updates = session.receive(framed(*host.act(Play(tuple(cards("9C"))))))
    assert updates == [
        Moved(1, tuple(cards("9C")), None, 0, 0, None),
        StateChanged(),
        TurnStarted(0, 1),
    ]
    assert session.prompt


@pytest.mark.parametrize("seats", [2, 4, 8])
@pytest.mark.parametrize("version", [1, 2])
def test_whole_games_are_followed_exactly(seats: int, version: int) -> None:
    """Every view equals the engine's own view, whoever acts, until somebody has lost."""
    chance = random.Random(seats)
    host = ScriptedHost(Game.deal(seats, 7 * seats), seat=seats - 1)
    session, _ = seated(host, version=version)
    game = host.game
    updates: list[Update] = []
    for _ in range(TURNS_MAX):
        if game.is_over:
            break
        action: Action = chance.choice(game.legal_actions())
        if session.prompt:
            assert session.view is not None
            assert session.view.legal_actions() == game.legal_actions()
            if isinstance(action, Play):
                session.play(action.cards, action.suit)
            else:
                session.draw()
        updates = session.receive(framed(*host.act(action), version=version))
        assert session.view is not None
        truth = view_for(game, host.seat)
        assert sorted(session.view.public.seen) == sorted(truth.public.seen)
        assert session.view.public.seen[-1] == truth.public.top
        session.view.public.seen = truth.public.seen
        assert session.view == truth
        assert session.prompt == (game.current == host.seat and not game.is_over)
    assert game.is_over
    assert updates[-1] == GameOver(game.survivor, tuple(game.finish_order))
    assert session.phase is Phase.FINISHED
    assert session.attack_dealt == tuple(range(seats))
    assert session.attack_taken == tuple(reversed(range(seats)))
    assert session.outgoing() == b""
    with pytest.raises(IllegalAction) as refusal:
        session.draw()
    assert refusal.value.reason is Refusal.GAME_ALREADY_OVER


def test_a_reshuffle_forgets_what_lies_on_the_pile() -> None:
    host = ScriptedHost(position("9C KS 3D", "4C 6S", deck="8D", current=0))
    session, _ = seated(host)
    session.receive(framed(*host.act(Play(tuple(cards("9C"))))))
    session.receive(framed(*host.act(Play(tuple(cards("4C"))))))
    assert session.view is not None
    assert session.view.public.seen == tuple(cards("9H 9C 4C"))
    host.game.deck.clear()
    session.receive(framed(*host.act(Draw())))
    assert session.view.public.seen == tuple(cards("4C"))


def test_a_refusal_and_the_hand_after_it_restore_the_prompt() -> None:
    host = ScriptedHost(position("9C 4H", "5S 6S"))
    session, _ = seated(host)
    session.play(cards("9C"))
    nine = tuple(cards("9C"))
    updates = session.receive(framed(Error(ErrorCode.INVALID_PLAY, (*nine, 0xFF))))
    assert updates == [Refused(ErrorCode.INVALID_PLAY, nine)]
    assert not session.prompt
    assert session.receive(framed(*host.hand_sync())) == []
    assert session.prompt


def test_a_refusal_without_a_hand_restores_the_prompt_with_the_next_frame() -> None:
    session, _ = seated(ScriptedHost(position("9C 4H", "5S 6S")))
    session.play(cards("9C"))
    session.receive(framed(Error(ErrorCode.INVALID_PLAY), Heartbeat()))
    assert session.prompt


def test_a_stale_action_is_followed_by_a_fresh_pair() -> None:
    host = ScriptedHost(position("9C 4H", "5S 6S"))
    session, _ = seated(host)
    session.play(cards("9C"))
    host.game.deck.reverse()  # so that the state has another hash
    updates = session.receive(framed(Error(ErrorCode.UNKNOWN), host.state()))
    assert updates == [Refused(ErrorCode.UNKNOWN, ()), StateChanged()]
    assert [session.prompt, session.receive(framed(*host.hand_sync())), session.prompt] == [
        False,
        [],
        True,
    ]
    assert session.outgoing() == b""
    (play,) = sent(session.play(cards("9C")))
    assert isinstance(play, PlayCard)
    assert play.observed_hash == host.state_hash()


LONG_HAND = " ".join(
    f"{rank}{suit}" for suit in "DCS" for rank in (*range(2, 9), 10, "J", "Q", "K")
)


@pytest.mark.parametrize("size", [31, 32, 33])
def test_a_hand_that_outgrows_a_frame_is_complete(size: int) -> None:
    host = ScriptedHost(position(" ".join(LONG_HAND.split()[:size]), "5H 6H"))
    session = ClientSession("Ann", token=TOKEN, game_id=GAME_ID)
    session.hello()
    session.receive(framed(*host.welcome(Phase.PLAYING), *host.pair()))
    assert session.view == view_for(host.game, 0)
    assert session.prompt
    session.draw()
    drawn = host.game.deck[-1]
    updates = session.receive(framed(*host.act(Draw())))
    assert [u.drawn for u in updates if isinstance(u, HandChanged) and u.drawn] == [(drawn,)]
    assert session.view == view_for(host.game, 0)
    updates = session.receive(framed(*host.act(Play(tuple(cards("5H"))))))
    assert session.view == view_for(host.game, 0)
    assert session.outgoing() == b""
