"""Voice: numbers, transport versions, and turns held back."""

from table_positions import LONG_HAND_ACTIONS, LONG_HAND_SEED, stored_game

from rachel.rubp import (
    CARDS_MAX,
    FRAME_SIZE,
    HOST_ID,
    Announce,
    CardDrawn,
    Frame,
    HandSync,
    Heartbeat,
    Message,
    PlayerName,
    decode,
    decode_frame,
)
from rachel_server.core.running_game import RunningGame
from rachel_server.core.seating import Seat, Seating
from rachel_server.core.voice import Hearer, Voice

Sent = list[tuple[int, Frame]]


def voice_to(*versions: int, acknowledges: bool = False) -> Voice:
    """Return the voice of table 7, to hearers of these versions, one on each seat."""
    seats = Seating(8)
    voice = Voice(7, seats)
    for connection, version in enumerate(versions):
        seats.take(Seat(f"P{connection}", connection=connection))
        voice.admit(Hearer(connection, version, acknowledges, connection))
    return voice


def sent(voice: Voice) -> Sent:
    """Return each frame taken, with who it goes to."""
    return [
        (connection, decode_frame(data[at : at + FRAME_SIZE]))
        for connections, data in voice.take()
        for at in range(0, len(data), FRAME_SIZE)
        for connection in connections
    ]


def heard(frames: Sent, connection: int) -> list[Message]:
    return [decode(frame) for to, frame in frames if to == connection]


def test_numbers_are_consecutive_and_wrap_behind_ffff() -> None:
    voice = voice_to(1)
    for _ in range(0x10002):
        voice.send(voice.hearer(0), Heartbeat())
    assert [frame.sequence for _, frame in sent(voice)] == [*range(0x10000), 0, 1]
    assert sent(voice) == [], "taking empties it"


def test_what_all_hear_is_encoded_once_for_each_version_and_has_one_number() -> None:
    voice = voice_to(1, 2, 1, 2)
    voice.say(Announce("HI"))
    voice.say(Announce("HO"))
    sends = voice.take()
    assert [list(connections) for connections, _ in sends] == [[0, 2], [1, 3]]
    for version, (_, data) in enumerate(sends, start=1):
        frames = [decode_frame(data[at : at + FRAME_SIZE]) for at in (0, FRAME_SIZE)]
        for number, frame in enumerate(frames):
            told = (frame.version, frame.sequence, frame.player_id, frame.game_id)
            assert told == (version, number, HOST_ID, 7)


def test_what_is_said_to_nobody_uses_up_no_number() -> None:
    voice = voice_to()
    voice.say(Announce("HI"))
    voice.admit(Hearer(5, 2, acknowledges=False, seat=None))
    voice.say(Announce("HO"))
    ((connection, frame),) = sent(voice)
    assert (connection, frame.sequence, decode(frame)) == (5, 0, Announce("HO"))


def test_who_comes_or_goes_hears_what_is_said_while_they_are_there() -> None:
    voice = voice_to(2)
    voice.say(Announce("BEFORE"))
    voice.admit(Hearer(5, 2, acknowledges=False, seat=None))
    voice.say(Announce("WITH"))
    voice.send(voice.hearer(0), PlayerName(0, "P0"))
    voice.dismiss(5)
    voice.say(Announce("AFTER"))
    frames = sent(voice)
    assert heard(frames, 5) == [Announce("WITH")]
    words = [Announce("BEFORE"), Announce("WITH"), PlayerName(0, "P0"), Announce("AFTER")]
    assert heard(frames, 0) == words
    assert [frame.sequence for to, frame in frames if to == 0] == [0, 1, 2, 3]


def test_a_hand_goes_out_whole_and_in_no_more_frames_than_it_takes() -> None:
    voice = voice_to(2)
    sizes = set()
    for actions in range(len(LONG_HAND_ACTIONS) - 20, len(LONG_HAND_ACTIONS) + 1):
        stored = stored_game(2, LONG_HAND_SEED, LONG_HAND_ACTIONS[:actions])
        game = RunningGame.restore(stored)
        hand = game.view(0).hand
        voice.hand(voice.hearer(0), 0, game)
        sync, *rest = heard(sent(voice), 0)
        assert sync == HandSync(hand[:CARDS_MAX], game.turn, game.tag)
        assert rest == ([CardDrawn(hand[CARDS_MAX:])] if len(hand) > CARDS_MAX else [])
        sizes.add(len(hand))
    assert {CARDS_MAX, CARDS_MAX + 1} <= sizes
