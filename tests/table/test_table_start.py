"""When a table starts, who fills it, and what everybody hears then."""

import itertools

import pytest
from table_harness import Host, Player, play_out, token_of

from rachel.client.session import ClientSession
from rachel.rubp import (
    HOST_ID,
    Announce,
    GameStart,
    GameState,
    HandSync,
    Phase,
    PlayerEntry,
    PlayerList,
    PlayerName,
    TurnStart,
    decode,
)
from rachel.rules.deal_proof import commitment
from rachel_server.core.entries import GameStarted
from rachel_server.core.names import BOT_NAMES
from rachel_server.core.table_settings import TableSettings


def test_a_full_table_starts_at_once() -> None:
    host = Host(TableSettings(seats=2))
    ann = host.hello("ANN", room="TEA42", version=1)
    table = host.table("TEA42")
    assert not host.journal
    ann.heard()
    bob = host.hello("BOB", room="TEA42")
    assert table.phase is Phase.PLAYING
    game = host.game(table)
    proof = commitment(host.auditor.started(table).seed, host.auditor.started(table).nonce).upper()
    for seat, link in enumerate((ann, bob)):
        frames = link.heard_frames()
        messages = [decode(frame) for frame in frames]
        hand, known = tuple(game.hands[seat]), game.tag()
        state = GameState(
            current_seat=0,
            direction=0,
            top_card=game.top,
            nominated_suit=None,
            pending_draws=0,
            pending_skips=0,
            deck_count=37,
            hand_counts=(7, 7, 0, 0, 0, 0, 0, 0),
            game_over=False,
            survivor=None,
            turn=0,
            state_hash=known,
            discard_count=1,
            out_mask=0,
            finish_order=(),
        )
        assert messages[-6:] == [
            Announce(f"Deal proof 1/2 {proof[:32]}"),
            Announce(f"Deal proof 2/2 {proof[32:]}"),
            GameStart(hand),
            HandSync(hand, 0, known),
            state,
            TurnStart(0, 0, 0, 0, known),
        ]
        ids = [frame.player_id for frame in frames[-6:]]
        assert ids == [HOST_ID, HOST_ID, seat, seat, HOST_ID, HOST_ID]


def test_the_start_delay_counts_from_the_last_join() -> None:
    host = Host(TableSettings(seats=4, start_delay_s=10))
    host.hello("ANN", room="TEA42")
    table = host.table("TEA42")
    host.wait(9)
    host.hello("BOB", room="TEA42")
    host.wait(9.99)
    assert not host.journal
    assert table.next_deadline() == pytest.approx(host.now + 0.01)
    host.wait(0.02)
    assert table.phase is Phase.PLAYING


def test_bots_fill_the_empty_seats_and_are_announced_as_bots() -> None:
    host = Host(TableSettings(seats=4, bot_level="beginner"))
    ann = host.hello("ANN", room="TEA42", token=token_of(1))
    ann.heard()
    host.wait(10)
    messages = list(itertools.takewhile(lambda m: not isinstance(m, GameStart), ann.heard()))
    names = {m.seat: m.name for m in messages if isinstance(m, PlayerName)}
    assert names == {seat: f"Bot {BOT_NAMES[seat - 1]}" for seat in (1, 2, 3)}
    lists = [message for message in messages if isinstance(message, PlayerList)]
    assert lists[-1].entries == (
        PlayerEntry(0, 0x60),
        *(PlayerEntry(seat, 0xFFFF) for seat in (1, 2, 3)),
    )
    (start,) = (entry for entry in host.journal if isinstance(entry, GameStarted))
    assert [seat.bot_level for seat in start.seats] == [None, "beginner", "beginner", "beginner"]
    assert [seat.token_hash is None for seat in start.seats] == [False, True, True, True]


def test_with_no_start_delay_a_solo_game_starts_with_the_hello() -> None:
    host = Host(TableSettings(seats=3, start_delay_s=0, turn_time_s=None))
    ann = host.hello("ANN")
    assert ann.heard_of(TurnStart)[0].seat == 0


@pytest.mark.parametrize("seats", range(2, 9))
def test_hands_and_deck_fit_the_number_of_seats(seats: int) -> None:
    sizes = {2: 7, 3: 7, 4: 7, 5: 7, 6: 6, 7: 5, 8: 5}  # rules.md, Deal
    host = Host(TableSettings(seats=seats))
    links = [host.hello(f"P{number}", room="TEA42") for number in range(seats)]
    for link in links:
        messages = link.heard()
        (start,) = [message for message in messages if isinstance(message, GameStart)]
        (state,) = [message for message in messages if isinstance(message, GameState)]
        assert len(start.cards) == sizes[seats]
        assert state.hand_counts[:seats] == (sizes[seats],) * seats
        assert state.deck_count == 51 - seats * sizes[seats]


def test_the_bots_of_a_started_table_play_without_anybody_asking() -> None:
    host = Host(TableSettings(seats=2, bot_delay_s=1.5))
    ann = host.hello("ANN", room="TEA42", token=token_of(1))
    host.wait(10)
    table = host.table("TEA42")
    host.wait(60)  # the host plays for ANN, who sleeps
    game = host.game(table)
    turn, seat = game.turn, game.current
    if seat == 1:
        host.wait(1.49)
        assert game.turn == turn
        host.wait(0.02)
        assert game.turn == turn + 1
    assert ann.heard_of(TurnStart)


def test_two_tables_never_share_cards_names_or_proofs() -> None:
    host = Host(TableSettings(seats=2))
    for room in ("ONE", "TWO"):
        host.hello("ANN", room=room)
        host.hello("BOB", room=room)
    one, two = (entry for entry in host.journal if isinstance(entry, GameStarted))
    assert one.game != two.game
    assert one.game_id != two.game_id
    assert one.seed != two.seed
    assert one.nonce != two.nonce
    assert len(one.game) == 12


def test_somebody_who_joins_after_all_others_got_lost_is_not_alone() -> None:
    """ANN lost the connection at a waiting table; BOB joins; the game goes on with BOB."""
    host = Host(TableSettings(seats=2))
    ann = host.hello("ANN", room="TEA42", token=token_of(1))
    host.lose(ann)
    host.wait(5)
    host.hello("BOB", room="TEA42", token=token_of(2))
    table = host.table("TEA42")
    game = host.game(table)
    assert game.turn == 0
    assert table.next_deadline() is not None
    host.wait(26)  # ANN's grace is over: a bot plays for her
    assert game.turn >= 1
    host.wait(700)
    assert host.is_open(table) or game.is_over, "a table with somebody at it is not abandoned"


def test_who_plays_alone_does_not_always_begin_and_moves_on_by_a_seat() -> None:
    settings = TableSettings(seats=4, start_delay_s=0, turn_time_s=None, solo=True)
    hosts = [Host(settings, seed=seed) for seed in range(20)]
    assert {host.hello("ANN", token=token_of(0)).seat for host in hosts} == set(range(4))
    bob = Player(hosts[0], ClientSession("BOB", token=token_of(1), room="TEA42"))
    bob.connect()
    first = bob.session.seat
    play_out(hosts[0], hosts[0].table("TEA42"), [bob])
    bob.send(bob.session.again(token_of(2)))
    assert first is not None
    assert bob.session.seat == (first - 1) % 4


def test_one_against_bots_at_an_opened_table_sits_anywhere() -> None:
    seats = set()
    for seed in range(20):
        host = Host(seed=seed)
        table = host.open(TableSettings(seats=3), bots=2)
        seats.add(host.hello("ANN", room=table.room).seat)
    assert seats == {0, 1, 2}
