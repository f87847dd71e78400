"""No hidden card leaves the server except to its owner, and no secret of the deal before the end.

Every frame of every test in this folder is judged by the auditor; these tests play whole games
with everything that makes a table talk, and prove that the auditor would notice.
"""

import random

import pytest
from table_auditor import TaggedGame
from table_harness import Host, Mailbox, Player, play_out, token_of
from table_positions import GAME_ID, find, message_of, seat_again, stored_game

from rachel.client.session import ClientSession
from rachel.rubp import (
    Announce,
    CardDrawn,
    DrawCard,
    Error,
    ErrorCode,
    GameStart,
    HandSync,
    Message,
    PlayCard,
    PlayerWon,
    SyncRequest,
    encode,
)
from rachel.rules.cards import DECK
from rachel_server.core.entries import ActionTaken, Record
from rachel_server.core.outcome import Outcome
from rachel_server.core.table import Table
from rachel_server.core.table_settings import TableSettings


class Nuisance:
    """Somebody who does at a table whatever makes it talk: loss, return, refusals, requests."""

    def __init__(self, host: Host, table: Table, links: list[Mailbox], seed: int) -> None:
        self._host = host
        self._table = table
        self._links = links
        self._rng = random.Random(seed)
        self.everybody = list(links)

    def bother(self) -> None:
        """Do one such thing."""
        host, rng = self._host, self._rng
        seat = rng.randrange(len(self._links))
        link = self._links[seat]
        match rng.randrange(6):
            case 0:
                host.lose(link)
                self._links[seat] = self._again(seat)
            case 1:
                self._links[seat] = self._again(seat)
            case 2:
                host.say(link, SyncRequest(0, acknowledge=rng.random() < 0.5))
            case 3:
                cards = tuple(rng.sample(DECK, rng.randint(1, 32)))
                host.say(link, PlayCard(cards, rng.choice((None, 0, 3))))
            case 4:
                host.say(link, DrawCard(observed_hash=rng.choice((None, 5))))
            case _:
                host.wait(rng.random() * 40)

    def _again(self, seat: int) -> Mailbox:
        link = self._host.hello(
            "X",
            token=token_of(seat),
            game_id=self._table.game_id,
            version=self._rng.choice((1, 2)),
            acknowledges=self._rng.random() < 0.5,
        )
        self.everybody.append(link)
        return link


@pytest.mark.parametrize("seats", range(2, 9))
def test_a_whole_game_with_every_disturbance_leaks_nothing(seats: int) -> None:
    host = Host(TableSettings(seats=seats), seed=seats)
    links = [host.hello(f"P{n}", room="TEA42", token=token_of(n)) for n in range(seats)]
    table = host.table("TEA42")
    game = host.game(table)
    nuisance = Nuisance(host, table, links, seats)
    rng = random.Random(seats)
    while not game.is_over:
        nuisance.bother()
        if not game.is_over:
            action = rng.choice(game.legal_actions())
            host.say(links[game.current], message_of(action))
    told = [message for link in nuisance.everybody for message in link.heard()]
    assert any(isinstance(message, PlayerWon) for message in told)
    assert sum(isinstance(message, Error) for message in told) > 3


def test_sessions_play_a_whole_game_and_know_only_their_own_hands() -> None:
    host = Host(TableSettings(seats=4, bot_delay_s=0.5))
    players = [
        Player(host, ClientSession(f"P{n}", token=token_of(n), room="TEA42", acknowledge=n == 1))
        for n in range(3)
    ]
    for player in players:
        player.connect()
    host.wait(10)
    table = host.table("TEA42")
    play_out(host, table, players)
    game = host.game(table)
    for seat, player in enumerate(players):
        view = player.session.view
        assert view is not None
        assert view.hand == tuple(game.hands[seat])
        assert player.session.proof.verified is True


# The auditor would notice


def frame_of(table: Table, link: Mailbox, message: Message, addressee: int = 0xFFFF) -> Outcome:
    """Return an outcome of one frame that carries the table's next number."""
    number = int.from_bytes(table.frame(link.connection, Announce(""))[6:8], "big")
    outcome = Outcome()
    frame = encode(message, version=2, sequence=number, player_id=addressee, game_id=table.game_id)
    outcome.sends.append(([link.connection], frame))
    return outcome


def in_play() -> tuple[Host, Table, TaggedGame, Mailbox]:
    seed, actions = find(3, lambda game: game.turn > 5 and game.current == 1)
    host = Host(TableSettings(seats=3))
    table = host.restore(stored_game(3, seed, actions))
    link = seat_again(host, 1)
    return host, table, host.game(table), link


def leaks(game: TaggedGame, seed: int) -> dict[str, Message]:
    others, own = tuple(game.hands[2]), tuple(game.hands[1])
    known = game.tag()
    return {
        "another hand": HandSync(others, game.turn, known),
        "a card more": HandSync((*own, others[0]), game.turn, known),
        "another deal": GameStart(others),
        "another draw": CardDrawn(others[:1]),
        "the next card": CardDrawn((game.deck[-1],)),
        "an error that tells": Error(ErrorCode.INVALID_PLAY, others[:2]),
        "the seed": Announce(f"Seed {seed:016X}"),
        "the seed, small": Announce(f"{seed:x}"),
        "the seed in decimal": Announce(f"dealt from {seed}"),
        "the nonce": Announce(f"Nonce {bytes(range(16)).hex()}"),
        "a card by name": Announce("P2 holds the QS"),
        "an old state": HandSync(own, game.turn - 1, known),
        "another tag": HandSync(own, game.turn, known ^ 1),
        "the true hash": HandSync(own, game.turn, game.state_hash()),
    }


@pytest.mark.parametrize("leak", leaks(TaggedGame(stored_game(3, 1, []).start), 1))
def test_the_auditor_notices(leak: str) -> None:
    host, table, game, link = in_play()
    message = leaks(game, host.auditor.started(table).seed)[leak]
    with pytest.raises(AssertionError):
        host.auditor.judge(frame_of(table, link, message, 1))


def own_hand(game: TaggedGame) -> HandSync:
    return HandSync(tuple(game.hands[1]), game.turn, game.tag())


def test_the_auditor_lets_the_own_hand_pass() -> None:
    host, table, game, link = in_play()
    host.auditor.judge(frame_of(table, link, own_hand(game), 1))


def test_the_auditor_notices_what_is_said_before_it_is_saved() -> None:
    host, table, game, link = in_play()
    host.saves = False
    host.say(link, message_of(game.legal_actions()[0]))
    assert not link.frames
    outcome = frame_of(table, link, own_hand(game), 1)
    with pytest.raises(AssertionError, match="before it was saved"):
        host.auditor.judge(outcome)
    host.save()
    host.auditor.judge(outcome)


def test_the_auditor_notices_a_wrong_row() -> None:
    host, _, game, _ = in_play()
    action = game.legal_actions()[0]
    outcome = Outcome()
    row = ActionTaken("restoredgame", game.turn, game.current, action, 7)
    outcome.records.append(Record(1, 1, row))
    with pytest.raises(AssertionError, match="hash"):
        host.auditor.judge(outcome)


@pytest.mark.parametrize("seat", [1, 2])
def test_the_auditor_notices_hands_in_other_mailboxes(seat: int) -> None:
    host, table, game, _ = in_play()
    other = seat_again(host, 2) if seat == 2 else host.hello("W", watches=True, game_id=GAME_ID)
    other.heard()
    for addressee in (1, 2, 0xFFFF):
        with pytest.raises(AssertionError):
            host.auditor.judge(frame_of(table, other, own_hand(game), addressee))


def test_the_auditor_notices_a_number_left_out() -> None:
    host, table, _, link = in_play()
    table.frame(link.connection, Announce("never sent"))
    with pytest.raises(AssertionError, match="left out"):
        host.say(link, SyncRequest(0))
