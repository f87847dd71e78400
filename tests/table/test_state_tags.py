"""No true state hash is on the wire: whoever collected some could compute the deal.

The attack (docs/PROTOCOL.md, State tags): late in a game of two few cards are unseen, and FNV-1a
can be run backwards from the hashes of one's own connection to the generator's state.
"""

from collections.abc import Callable

import pytest
from table_harness import Host, Mailbox, Player, play_out, token_of

from rachel.client.session import ClientSession
from rachel.rubp import FRAME_SIZE, PlayCard, SyncRequest, decode_frame
from rachel.rules.deal_proof import state_tag
from rachel.rules.game import Game
from rachel_server.core.entries import ActionTaken, GameStarted
from rachel_server.core.table_settings import TableSettings


def true_hashes(host: Host) -> tuple[list[int], bytes]:
    """Return the hash of every state of the only game, and its nonce."""
    start = next(entry for entry in host.journal if isinstance(entry, GameStarted))
    taken = [entry.state_hash for entry in host.journal if isinstance(entry, ActionTaken)]
    return [Game.deal(len(start.seats), start.seed).state_hash(), *taken], start.nonce


def keeping(link: Mailbox, heard: list[bytes]) -> Callable[[bytes], None]:
    """Return what takes a link's frames, and keeps them in ``heard``, too."""
    take = link.take

    def keep(data: bytes) -> None:
        heard.append(data)
        take(data)

    return keep


@pytest.mark.parametrize("acknowledge", [False, True])
def test_whatever_one_asks_no_frame_has_a_true_hash(acknowledge: bool) -> None:
    host = Host(TableSettings(seats=2))
    people = [
        Player(host, ClientSession(name, token=token_of(n), room="TEA42", acknowledge=acknowledge))
        for n, name in enumerate("AB")
    ]
    heard: list[bytes] = []
    for person in people:
        person.connect()
        person.link.take = keeping(person.link, heard)  # type: ignore[assignment, method-assign]
    host.hello("EVE", room="TEA42", watches=True)
    curious = people[0].link
    table = host.table("TEA42")
    game = host.game(table)
    while not game.is_over:
        host.say(curious, SyncRequest(game.turn))
        host.say(curious, SyncRequest(game.turn, acknowledge=True))
        host.say(curious, PlayCard((0x02,), None, 1))  # stale: it brings a pair
        for person in people:
            person.act()
    play_out(host, table, people)
    hashes, nonce = true_hashes(host)
    told = b"".join(heard)
    frames = [told[at : at + FRAME_SIZE] for at in range(0, len(told), FRAME_SIZE)]
    assert len(hashes) > 20
    for state_hash in hashes:
        plain = state_hash.to_bytes(8, "big")
        assert not any(plain in frame for frame in frames)
    tags = {state_tag(state_hash, nonce).to_bytes(8, "big") for state_hash in hashes}
    payloads = [decode_frame(frame).payload for frame in frames]
    assert sum(any(tag in payload for tag in tags) for payload in payloads) > len(hashes)


def test_a_tag_is_what_the_protocol_says() -> None:
    """The worked example of docs/PROTOCOL.md: two seats, seed 42, its nonce."""
    nonce = bytes.fromhex("00112233445566778899AABBCCDDEEFF")
    assert state_tag(9892255162964722708, nonce) == 0xD912D3435E31666A
    assert state_tag(9892255162964722708, bytes(16)) != 0xD912D3435E31666A


def test_sessions_check_every_tag_once_the_nonce_is_told() -> None:
    host = Host(TableSettings(seats=2))
    people = [
        Player(host, ClientSession(name, token=token_of(n), room="TEA42"))
        for n, name in enumerate("AB")
    ]
    for person in people:
        person.connect()
    play_out(host, host.table("TEA42"), people)
    proof = people[0].session.proof
    assert proof.verified is True
    assert len(proof.moves) == host.game(host.table("TEA42")).turn
    action, tag = proof.moves[7]
    assert tag is not None
    proof.moves[7] = action, tag ^ 1
    assert proof.verified is False
