"""ClientSession at a host that lies, babbles and cuts its bytes anywhere."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rubp_strategies import ANY_MESSAGE
from scripted_host import TOKEN, ScriptedHost, cards, framed, position, seated

from rachel.client.session import ClientSession
from rachel.client.updates import (
    Announced,
    Update,
)
from rachel.rubp import (
    Announce,
    CardDrawn,
    Error,
    ErrorCode,
    GameStart,
    GameState,
    HandSync,
    Heartbeat,
    Hello,
    Message,
    MessageError,
    Phase,
    PlayCard,
    PlayerEntry,
    PlayerList,
    PlayerName,
    SyncRequest,
    TurnStart,
    Welcome,
)
from rachel.rules.actions import Play
from rachel.rules.cards import DECK
from rachel.rules.game import Game
from rachel.rules.view import view_for


def test_hostile_text_is_harmless() -> None:
    session = ClientSession("Ann", token=TOKEN)
    session.hello()
    updates = session.receive(
        framed(
            Welcome(0, 5, 2, Phase.WAITING),
            PlayerName(1, "\x1b[2J\u202eEve\n"),
            PlayerName(0, "\x07"),
            Announce("\x1b]0;owned\x07 hi\u2066"),
            Announce("\x1b"),
        )
    )
    assert session.names == ["Player", "[2JEve"]
    assert updates[-1] == Announced("]0;owned hi")


def state_with(host: ScriptedHost, **changes: object) -> GameState:
    state = host.state()
    for name, value in changes.items():
        setattr(state, name, value)
    return state


def nonsense(host: ScriptedHost) -> list[Message]:
    """Messages that fit their frames and cannot be true at a table of two."""
    king = tuple(cards("KD"))
    return [
        Welcome(8, 5, 4, Phase.WAITING),
        Welcome(0, 0, 4, Phase.WAITING),
        Welcome(0, 5, 9, Phase.WAITING),
        PlayerName(2, "Eve"),
        PlayerList((PlayerEntry(0, 1), PlayerEntry(7, 1))),
        GameStart((*king, *king)),
        GameStart((0xFF,)),
        HandSync((0x00,), 0),
        HandSync(king * 2, 0),
        CardDrawn((0x7F,)),
        TurnStart(2, 0),
        Hello("Eve"),
        PlayCard(king),
        SyncRequest(0),
        state_with(host, current_seat=2),
        state_with(host, top_card=0xFE),
        state_with(host, hand_counts=(1, 1, 1)),
        state_with(host, hand_counts=(1,)),
        state_with(host, hand_counts=(52, 52)),
        state_with(host, finish_order=(1, 1)),
        state_with(host, finish_order=(1,)),
        state_with(host, finish_order=(5,)),
        state_with(host, survivor=6),
    ]


def test_players_beyond_the_seats_of_the_game_are_dropped() -> None:
    host = ScriptedHost(position("9C 4H", "5S 6S"))
    session = ClientSession("Ann", token=TOKEN)
    session.hello()
    crowd = PlayerList(tuple(PlayerEntry(seat, 1) for seat in range(5)))
    session.receive(framed(*host.welcome(), crowd))
    assert (session.seats, list(session.platforms)) == (5, [0, 1, 2, 3, 4])
    session.receive(framed(*host.start()))
    assert (session.seats, list(session.platforms)) == (2, [0, 1])


def test_nonsense_is_refused_and_changes_nothing() -> None:
    host = ScriptedHost(position("9C 4H", "5S 6S"))
    session, _ = seated(host)
    before = session.view
    messages = nonsense(host)
    messages.remove(state_with(host, hand_counts=(1, 1, 1)))  # a table of three is possible
    for message in messages:
        assert session.receive(framed(message)) == [], message
        with pytest.raises(MessageError):
            session.table.take(message, [])
    assert session.view == before
    assert session.prompt


def test_game_frames_before_the_welcome_are_ignored() -> None:
    host = ScriptedHost(Game.deal(2, 1))
    session = ClientSession("Ann", token=TOKEN)
    session.hello()
    assert session.receive(framed(*host.start())) == []
    assert session.view is None


def test_damaged_frames_and_noise_are_skipped() -> None:
    host = ScriptedHost(Game.deal(2, 1))
    session = ClientSession("Ann", token=TOKEN)
    session.hello()
    damaged = bytearray(framed(PlayerName(1, "Eve")))
    damaged[30] ^= 1
    session.receive(b"HTTP/1.1 400\r\n" + framed(*host.welcome()) + damaged + b"RACRACH?")
    session.receive(framed(*host.start()))
    assert session.names == ["P0", "P1"]
    assert session.view == view_for(host.game, 0)


NONSENSE = st.sampled_from(nonsense(ScriptedHost(position("9C 4H", "5S 6S"))))
STATES = st.builds(
    GameState,
    current_seat=st.integers(0, 3),
    direction=st.integers(0, 1),
    top_card=st.sampled_from(DECK),
    nominated_suit=st.none() | st.integers(0, 3),
    pending_draws=st.integers(0, 9),
    pending_skips=st.integers(0, 255),
    deck_count=st.integers(0, 40),
    hand_counts=st.lists(st.integers(0, 4), max_size=4).map(tuple),
    game_over=st.booleans(),
    survivor=st.none() | st.integers(0, 3),
    turn=st.integers(0, 3),
    discard_count=st.integers(0, 9),
    out_mask=st.integers(0, 15),
    finish_order=st.lists(st.integers(0, 3), max_size=4).map(tuple),
)
TURN_STARTS = st.builds(TurnStart, st.integers(0, 3), st.integers(0, 3))


@given(
    st.lists(
        st.one_of(st.binary(max_size=80), st.builds(framed, NONSENSE | ANY_MESSAGE | STATES)),
        max_size=15,
    ),
    st.lists(st.builds(framed, STATES | TURN_STARTS), max_size=8),
)
def test_whatever_a_host_sends_the_session_survives(noise: list[bytes], lies: list[bytes]) -> None:
    session, _ = seated(ScriptedHost(position("9C 4H", "5S 6S")))
    for data in (*noise, *lies):
        session.receive(data)
        view = session.view
        if session.prompt and view is not None:
            action = view.legal_actions()[-1]
            if isinstance(action, Play):
                session.play(action.cards, action.suit)
            else:
                session.draw()
        assert len(session.names) == session.seats
        assert all(seat < session.seats for seat in session.present)
        session.outgoing()
    session.heartbeat()


def conversation() -> bytes:
    """Return a game with everything in it, as one run of bytes."""
    host = ScriptedHost(Game.deal(3, 5), seat=1)
    chance = random.Random(5)
    told = [*host.welcome(), *host.start()]
    for turn in range(40):
        told += host.act(chance.choice(host.game.legal_actions()))
        if turn % 9 == 0:
            told += [Error(ErrorCode.UNKNOWN), *host.pair(), Heartbeat()]
        if turn == 20:
            told += [HandSync(tuple(cards("2H")), host.game.turn, 1), Heartbeat(), *host.pair()]
    return b"noise" + framed(*told)


CONVERSATION = conversation()


@settings(max_examples=30)
@given(st.lists(st.integers(1, 400), max_size=60))
def test_how_the_bytes_are_cut_does_not_matter(cuts: list[int]) -> None:
    data = CONVERSATION
    whole = ClientSession("Ann", token=TOKEN, acknowledge=True)
    pieces = ClientSession("Ann", token=TOKEN, acknowledge=True)
    whole.hello()
    pieces.hello()
    expected = whole.receive(data)
    updates: list[Update] = []
    sent_back = b""
    for cut in [*cuts, len(data)]:
        updates += pieces.receive(data[:cut])
        sent_back += pieces.outgoing()
        data = data[cut:]
    assert updates == expected
    assert sent_back == whole.outgoing()
    assert pieces.view == whole.view


def test_byte_by_byte_is_the_same_as_whole() -> None:
    data = CONVERSATION
    whole = ClientSession("Ann", token=TOKEN)
    bytewise = ClientSession("Ann", token=TOKEN)
    whole.hello()
    bytewise.hello()
    expected = whole.receive(data)
    assert [u for byte in data for u in bytewise.receive(bytes([byte]))] == expected
    assert bytewise.view == whole.view
