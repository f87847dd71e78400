"""An accepted action: the exact frames to the actor and to everybody else."""

import itertools
from collections.abc import Callable

import pytest
from table_auditor import TaggedGame, hand_messages, state_message, turn_message
from table_harness import Host, Mailbox
from table_positions import (
    GAME_ID,
    Wanted,
    find,
    message_of,
    playable,
    seat_again,
    stored_game,
)

from rachel.rubp import (
    HOST_ID,
    ActionKind,
    CardDrawn,
    DrawCard,
    Error,
    ErrorCode,
    HandSync,
    Message,
    PlayCard,
    TurnEnd,
    decode,
)
from rachel.rules.actions import DRAW, Play
from rachel.rules.cards import ACE, DECK
from rachel.rules.game import Game
from rachel_server.core.entries import ActionTaken
from rachel_server.core.table import Table
from rachel_server.core.table_settings import TableSettings

SEATS = 3


def sat_down(wanted: Wanted, settings: TableSettings | None = None) -> tuple[Host, list[Mailbox]]:
    """Return a host with a game as wanted, and the links of its three people, seat by seat."""
    seed, actions = find(SEATS, wanted)
    host = Host(settings or TableSettings(seats=SEATS))
    host.restore(stored_game(SEATS, seed, actions))
    links = [seat_again(host, seat, version=1 + seat % 2) for seat in range(SEATS)]
    for link in links:
        link.heard()
    return host, links


def is_plain(game: Game) -> bool:
    """Tell whether the seat to act may play one card without any effect, and goes on playing."""
    return len(game.hands[game.current]) > 2 and plain_play(game) is not None


def plain_play(game: Game) -> Play | None:
    for action in game.legal_actions():
        if isinstance(action, Play) and len(action.cards) == 1:
            rank = action.cards[0] & 63
            if rank in (3, 4, 5, 6, 8, 9, 10, 13):
                return action
    return None


@pytest.mark.parametrize("with_hash", [False, True])
def test_a_play_shows_the_hand_to_the_actor_and_the_turn_to_all(with_hash: bool) -> None:
    host, links = sat_down(is_plain)
    table = host.table("TEA42")
    game = host.game(table)
    play, actor = plain_play(game.state), game.current
    assert play is not None
    host.say(links[actor], message_of(play, game.tag() if with_hash else None))
    end = TurnEnd(
        seat=actor,
        kind=ActionKind.PLAY,
        cards=play.cards,
        nominated_suit=None,
        drawn=0,
        next_seat=game.current,
        turn=game.turn,
        state_hash=game.tag(),
    )
    public = [end, state_message(game), turn_message(game)]
    frames = {seat: link.heard_frames() for seat, link in enumerate(links)}
    for seat in range(SEATS):
        messages = [decode(frame) for frame in frames[seat]]
        hand = hand_messages(game, actor) if seat == actor else []
        assert messages == [*hand, *public]
        ids = [frame.player_id for frame in frames[seat]]
        assert ids == [*[actor] * len(hand), HOST_ID, HOST_ID, HOST_ID]
    assert play.cards[0] not in game.hands[actor]
    first = frames[actor][0].sequence
    assert [frame.sequence for frame in frames[actor]] == list(range(first, first + 4))
    for seat in range(SEATS):
        assert [frame.sequence for frame in frames[seat]][-3:] == [first + 1, first + 2, first + 3]
    row = host.journal[-1]
    assert row == ActionTaken("restoredgame", game.turn - 1, actor, play, game.state_hash())


@pytest.mark.parametrize("pending", [0, 2])
def test_a_draw_shows_the_cards_to_the_drawer_alone(pending: int) -> None:
    def wanted(game: Game) -> bool:
        return game.legal_actions() == [DRAW] and game.pending_draws == pending

    host, links = sat_down(wanted)
    game = host.game(host.table("TEA42"))
    actor, before = game.current, len(game.hands[game.current])
    host.say(links[actor], DrawCard(reason=0, count=1))
    drawn = tuple(game.hands[actor][before:])
    assert len(drawn) == (pending or 1)
    end = TurnEnd(
        seat=actor,
        kind=ActionKind.DRAW,
        cards=(),
        nominated_suit=None,
        drawn=len(drawn),
        next_seat=game.current,
        turn=game.turn,
        state_hash=game.tag(),
    )
    for seat, link in enumerate(links):
        private: list[Message] = []
        if seat == actor:
            private = [CardDrawn(drawn), *hand_messages(game, actor)]
        assert link.heard() == [*private, end, state_message(game), turn_message(game)]


def test_a_draw_of_no_card_is_told_like_any_other() -> None:
    def wanted(game: Game) -> bool:
        return game.legal_actions() == [DRAW] and not game.pending_draws

    host, links = sat_down(wanted)
    table = host.table("TEA42")
    assert table._course.playing is not None
    game = host.game(table)
    actor = game.current
    for state in (game.state, table._course.playing.game._game):
        rest = [*state.deck, *state.discard[:-1]]  # all of it goes to the others
        state.deck, state.discard = [], state.discard[-1:]
        for offset in (1, 2):
            state.hands[(actor + offset) % SEATS] += rest[offset - 1 :: 2]
    host.say(links[actor], DrawCard())
    told = links[actor].heard()
    assert told[:2] == [CardDrawn(()), *hand_messages(game, actor)]
    assert isinstance(told[2], TurnEnd)


def test_an_ace_nominates() -> None:
    def wanted(game: Game) -> bool:
        return any(isinstance(a, Play) and a.suit == 2 for a in game.legal_actions())

    host, links = sat_down(wanted)
    game = host.game(host.table("TEA42"))
    actor = game.current
    ace = next(a for a in game.legal_actions() if isinstance(a, Play) and a.suit == 2)
    host.say(links[actor], message_of(ace))
    (end,) = links[1].heard_of(TurnEnd)
    assert (end.cards, end.nominated_suit) == (ace.cards, 2)
    assert game.nominated_suit == 2


def shared_rank(game: Game, size: int) -> tuple[int, ...] | None:
    """Return cards of one rank of the seat to act, of which the last alone can lead, if any."""
    hand = game.hands[game.current]
    for rank in sorted({card & 63 for card in hand} - {ACE}):
        group = [card for card in hand if card & 63 == rank]
        leaders = [card for card in group if playable(game, card)]
        others = [card for card in group if card not in leaders]
        if len(leaders) == 1 and len(others) >= size - 1 and len(hand) > size:
            return (*others[: size - 1], leaders[0])
    return None


@pytest.mark.parametrize("size", [2, 3])
def test_cards_in_hand_order_are_led_by_the_one_that_can(size: int) -> None:
    host, links = sat_down(lambda game: shared_rank(game, size) is not None)
    game = host.game(host.table("TEA42"))
    actor, cards = game.current, shared_rank(game.state, size)
    assert cards is not None
    host.say(links[actor], PlayCard(cards))
    (end,) = links[(actor + 1) % SEATS].heard_of(TurnEnd)
    assert end.cards == (cards[-1], *cards[:-1]), "the leader first, the rest as it was sent"
    assert host.journal[-1] == ActionTaken(
        "restoredgame", game.turn - 1, actor, Play(end.cards), game.state_hash()
    )


def test_a_play_that_can_be_led_as_it_is_keeps_its_order() -> None:
    def wanted(game: Game) -> bool:
        return pair(game) is not None

    def pair(game: Game) -> Play | None:
        for action in game.legal_actions():
            if not isinstance(action, Play) or action.suit is not None:
                continue
            if len(action.cards) == 2 and all(playable(game, card) for card in action.cards):
                return action
        return None

    host, links = sat_down(wanted)
    game = host.game(host.table("TEA42"))
    actor, play = game.current, pair(game.state)
    assert play is not None
    backwards = play.cards[::-1]
    host.say(links[actor], PlayCard(backwards))
    assert links[actor].heard_of(TurnEnd)[0].cards == backwards


Spoil = Callable[[TaggedGame, tuple[int, ...]], tuple[int, ...]]


def twice_around(_game: TaggedGame, cards: tuple[int, ...]) -> tuple[int, ...]:
    return (cards[0], cards[1], cards[0])


def leader_twice(_game: TaggedGame, cards: tuple[int, ...]) -> tuple[int, ...]:
    return (cards[0], cards[1], cards[1])


def with_a_leader_of_nobodys(game: TaggedGame, cards: tuple[int, ...]) -> tuple[int, ...]:
    hand = game.hands[game.current]
    foreign = next(card for card in DECK if card not in hand and playable(game.state, card))
    return (cards[0], foreign)


@pytest.mark.parametrize("spoil", [twice_around, leader_twice, with_a_leader_of_nobodys])
def test_putting_the_leader_first_does_not_heal_a_play(spoil: Spoil) -> None:
    host, links = sat_down(lambda game: shared_rank(game, 2) is not None)
    game = host.game(host.table("TEA42"))
    actor, cards = game.current, shared_rank(game.state, 2)
    assert cards is not None
    known, sent = game.tag(), spoil(game, cards)
    host.say(links[actor], PlayCard(sent))
    messages = links[actor].heard()
    assert messages[0] == Error(ErrorCode.CARD_NOT_IN_HAND, sent)
    assert isinstance(messages[1], HandSync)
    assert len(messages) == 2
    assert game.tag() == known
    assert not host.journal


def test_the_table_plays_on_from_action_to_action() -> None:
    """Every seat plays a whole game by hand; what each hears is judged by the auditor."""
    host, links = sat_down(lambda game: game.turn == 3)
    table = host.table("TEA42")
    game = host.game(table)
    for _ in itertools.takewhile(lambda _: not game.is_over, range(2000)):
        host.say(links[game.current], message_of(game.legal_actions()[0], game.tag()))
    assert game.is_over
    assert not any(link.heard_of(Error) for link in links)


def test_a_frame_of_another_game_is_refused() -> None:
    host, links = sat_down(is_plain)
    table: Table = host.table("TEA42")
    game = host.game(table)
    play = plain_play(game.state)
    assert play is not None
    known = game.tag()
    host.say(links[game.current], message_of(play), game_id=GAME_ID + 1)
    assert links[game.current].heard() == [Error(ErrorCode.UNKNOWN)]
    assert game.tag() == known
