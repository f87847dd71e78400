"""The proof of a fair deal, as a client hears it."""

from hashlib import sha256

import pytest
from scripted_host import TOKEN, ScriptedHost, framed

from rachel.client.session import ClientSession
from rachel.client.updates import (
    ProofAnnounced,
)
from rachel.rubp import (
    Announce,
    Message,
)
from rachel.rules.game import Game


def proof_lines(seed: int, nonce: bytes) -> tuple[list[Message], list[Message]]:
    digest = sha256(seed.to_bytes(8, "big") + nonce).hexdigest()
    before = [Announce(f"Deal proof 1/2 {digest[:32]}"), Announce(f"Deal proof 2/2 {digest[32:]}")]
    after = [Announce(f"Seed {seed:016x}"), Announce(f"Nonce {nonce.hex().upper()}")]
    return list(before), list(after)


@pytest.mark.parametrize(
    ("dealt", "revealed", "verdict"),
    [
        (2**63 + 5, 2**63 + 5, True),
        (2**63 + 5, 2**63 + 6, False),  # another seed than announced
        (7, 2**63 + 5, False),  # as announced, but not the seed our hand was dealt from
    ],
)
def test_the_proof_is_checked(dealt: int, revealed: int, verdict: bool) -> None:
    nonce = bytes(range(16))
    before, after = proof_lines(2**63 + 5, nonce)
    if revealed != 2**63 + 5:
        _, after = proof_lines(revealed, nonce)
    host = ScriptedHost(Game.deal(3, dealt), seat=1)
    session = ClientSession("Ann", token=TOKEN)
    session.hello()
    session.receive(framed(*host.welcome(), *before, *host.start()))
    assert session.proof.verified is None
    assert session.proof.commitment is not None
    assert session.receive(framed(*after)) == [ProofAnnounced(), ProofAnnounced()]
    assert session.proof.verified is verdict


def test_a_proof_cannot_be_replaced() -> None:
    nonce = bytes(16)
    host = ScriptedHost(Game.deal(2, 9))
    session = ClientSession("Ann", token=TOKEN)
    session.hello()
    first, _ = proof_lines(8, nonce)
    second, after = proof_lines(9, nonce)
    session.receive(framed(*host.welcome(), *first, *host.start(), *second, *after))
    assert session.proof.verified is False
