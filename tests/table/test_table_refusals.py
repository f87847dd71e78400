"""A refused action: the sender alone hears of it, with the hand as it is, and nothing changes."""

from collections.abc import Callable

import pytest
from table_auditor import TaggedGame, hand_messages, state_message
from table_harness import Host, Mailbox, frame_from
from table_positions import find, message_of, playable, seat_again, stored_game

from rachel.rubp import (
    HOST_ID,
    DrawCard,
    Error,
    ErrorCode,
    Heartbeat,
    Message,
    MessageType,
    PlayCard,
    SyncRequest,
    decode,
)
from rachel.rules.cards import ACE, DECK
from rachel.rules.game import Game
from rachel_server.core.table_settings import TableSettings

SEATS = 3


def is_rich(game: Game) -> bool:
    """Tell whether the seat to act holds an ace, cards that can be played and cards that cannot."""
    hand = game.hands[game.current]
    plain = [card for card in hand if card & 63 not in (ACE, 2, 7, 11, 12)]
    return (
        game.turn > 0
        and not game.pending_draws
        and not game.pending_skips
        and any(card & 63 == ACE and playable(game, card) for card in hand)
        and any(playable(game, card) for card in plain)
        and any(not playable(game, card) for card in plain)
        and len(hand) > 4
    )


def sat_down() -> tuple[Host, TaggedGame, list[Mailbox]]:
    seed, actions = find(SEATS, is_rich)
    host = Host(TableSettings(seats=SEATS))
    table = host.restore(stored_game(SEATS, seed, actions))
    links = [seat_again(host, seat) for seat in range(SEATS)]
    for link in links:
        link.heard()
    return host, host.game(table), links


Choice = Callable[[TaggedGame], Message]


def unplayable(game: TaggedGame) -> PlayCard:
    hand = game.hands[game.current]
    return PlayCard((next(c for c in hand if not playable(game.state, c) and c & 63 != ACE),))


def mixed_ranks(game: TaggedGame) -> PlayCard:
    hand = game.hands[game.current]
    first = next(c for c in hand if playable(game.state, c) and c & 63 != ACE)
    return PlayCard((first, next(c for c in hand if c & 63 != first & 63)))


def nothing(_game: TaggedGame) -> PlayCard:
    return PlayCard(())


def ace_without_suit(game: TaggedGame) -> PlayCard:
    return PlayCard((next(c for c in game.hands[game.current] if c & 63 == ACE),))


def suit_without_ace(game: TaggedGame) -> PlayCard:
    hand = game.hands[game.current]
    return PlayCard((next(c for c in hand if playable(game.state, c) and c & 63 != ACE),), 0)


def card_of_somebody_else(game: TaggedGame) -> PlayCard:
    hand = game.hands[game.current]
    return PlayCard((next(c for c in DECK if c not in hand and playable(game.state, c)),))


def no_card_at_all(_game: TaggedGame) -> PlayCard:
    return PlayCard((0xFF,))


def twice_the_same(game: TaggedGame) -> PlayCard:
    hand = game.hands[game.current]
    card = next(c for c in hand if playable(game.state, c) and c & 63 != ACE)
    return PlayCard((card, card))


def the_whole_field(game: TaggedGame) -> PlayCard:
    return PlayCard(tuple(game.hands[game.current][:1]) * 32)


def draw(_game: TaggedGame) -> DrawCard:
    return DrawCard()


@pytest.mark.parametrize(
    ("choice", "code"),
    [
        (unplayable, ErrorCode.INVALID_PLAY),
        (mixed_ranks, ErrorCode.INVALID_PLAY),
        (nothing, ErrorCode.INVALID_PLAY),
        (ace_without_suit, ErrorCode.INVALID_PLAY),
        (suit_without_ace, ErrorCode.INVALID_PLAY),
        (card_of_somebody_else, ErrorCode.CARD_NOT_IN_HAND),
        (no_card_at_all, ErrorCode.CARD_NOT_IN_HAND),
        (twice_the_same, ErrorCode.CARD_NOT_IN_HAND),
        (the_whole_field, ErrorCode.CARD_NOT_IN_HAND),
        (draw, ErrorCode.CANNOT_DRAW),
    ],
)
def test_a_refusal_reaches_the_sender_alone_and_changes_nothing(
    choice: Choice, code: ErrorCode
) -> None:
    host, game, links = sat_down()
    actor, known, turn = game.current, game.tag(), game.turn
    message = choice(game)
    host.say(links[actor], message)
    cards = message.cards if isinstance(message, PlayCard) else ()
    frames = links[actor].heard_frames()
    assert [decode(frame) for frame in frames] == [Error(code, cards), *hand_messages(game, actor)]
    assert {frame.player_id for frame in frames} == {actor}
    assert all(not link.frames for link in links)
    assert not host.journal
    assert (game.tag(), game.turn, game.current) == (known, turn, actor)
    host.say(links[actor], ace_with_suit(game))
    assert game.turn == turn + 1, "whoever was refused may still act"


def ace_with_suit(game: TaggedGame) -> PlayCard:
    ace = ace_without_suit(game)
    return PlayCard(ace.cards, 3, game.tag())


@pytest.mark.parametrize("with_hash", [False, True])
def test_who_is_not_to_act_is_told_so(with_hash: bool) -> None:
    host, game, links = sat_down()
    seat = (game.current + 1) % SEATS
    known = game.tag()
    card = game.hands[seat][0]
    host.say(links[seat], PlayCard((card,), None, known if with_hash else None))
    assert links[seat].heard() == [
        Error(ErrorCode.NOT_YOUR_TURN, (card,)),
        *hand_messages(game, seat),
    ]
    host.say(links[seat], DrawCard())
    assert links[seat].heard() == [Error(ErrorCode.NOT_YOUR_TURN), *hand_messages(game, seat)]
    assert all(not link.frames for link in links)
    assert game.tag() == known
    assert not host.journal


@pytest.mark.parametrize("draws", [False, True])
@pytest.mark.parametrize("offset", [0, 1])
def test_a_stale_action_brings_a_fresh_pair_and_nothing_else(draws: bool, offset: int) -> None:
    host, game, links = sat_down()
    seat = (game.current + offset) % SEATS
    known = game.tag()
    stale = known ^ 1
    good = ace_with_suit(game)
    action = DrawCard(observed_hash=stale) if draws else PlayCard(good.cards, 3, stale)
    host.say(links[seat], action)
    assert links[seat].heard() == [
        Error(ErrorCode.UNKNOWN),
        state_message(game),
        *hand_messages(game, seat),
    ]
    assert all(not link.frames for link in links)
    assert game.tag() == known
    assert not host.journal


def test_a_play_that_cannot_be_read_is_an_invalid_play() -> None:
    """A suit that does not exist, or more cards than the field holds: ERROR 02 and the hand."""
    for offset, byte in ((33, 9), (0, 33)):
        host, game, links = sat_down()
        actor, known = game.current, game.tag()
        payload = bytearray(ace_with_suit(game).pack())
        payload[offset] = byte
        host.receive(links[actor], frame_from(links[actor], MessageType.PLAY_CARD, bytes(payload)))
        assert links[actor].heard() == [
            Error(ErrorCode.INVALID_PLAY),
            *hand_messages(game, actor),
        ]
        assert all(not link.frames for link in links)
        assert game.tag() == known


def test_a_message_of_no_known_type_is_refused_and_harmless() -> None:
    host, game, links = sat_down()
    host.receive(links[0], frame_from(links[0], 0x7F, DrawCard().pack()))
    assert links[0].heard() == [Error(ErrorCode.UNKNOWN)]
    assert all(not link.frames for link in links)
    assert not host.journal
    assert game.turn > 0


@pytest.mark.parametrize("version", [1, 2])
def test_a_frame_of_another_version_than_the_hello_is_dropped_unread(version: int) -> None:
    """It may be a damaged one: version 1 has no checksum (docs/PROTOCOL.md, Frames)."""
    host = Host(TableSettings(seats=2))
    links = [host.hello(name, room="TEA42", version=version) for name in ("ANN", "BOB")]
    game = host.game(host.table("TEA42"))
    actor = links[game.current]
    actor.heard()
    actor.version = 3 - version
    host.say(actor, message_of(game.legal_actions()[0]))
    host.say(actor, Heartbeat())
    assert (actor.heard(), game.turn) == ([], 0)
    assert host.house.tally.rejected["other_version"] == 2
    actor.version = version
    host.say(actor, message_of(game.legal_actions()[0]))
    assert game.turn == 1


def test_before_the_start_and_after_the_end_there_is_no_game_to_act_in() -> None:
    host = Host(TableSettings(seats=2))
    ann = host.hello("ANN", room="TEA42")
    ann.heard()
    for message in (PlayCard((2,)), DrawCard()):
        host.say(ann, message)
        assert ann.heard() == [Error(ErrorCode.GAME_NOT_STARTED)]
    host.say(ann, SyncRequest(0))
    assert ann.heard() == []


def test_an_action_of_somebody_without_a_seat_is_answered_outside_any_table() -> None:
    host = Host()
    link = host.connect()
    host.say(link, DrawCard())
    (frame,) = link.heard_frames()
    assert decode(frame) == Error(ErrorCode.GAME_NOT_STARTED)
    assert (frame.sequence, frame.player_id, frame.game_id) == (0, HOST_ID, 0)
