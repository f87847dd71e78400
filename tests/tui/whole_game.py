"""Whole games that a host plays with a player, seed and nonce revealed at their end."""

import random
from dataclasses import replace
from pathlib import Path

from memory_host import MemoryHost

from rachel.rubp import Announce, Message
from rachel.rules.deal_proof import commitment
from rachel.rules.game import Game
from rachel_tui.place import Place

NONCE = bytes(range(16))
ANN_WINS = 4
"""The seed of a game of four in which Ann goes out first, in 64 turns."""
ANN_THIRD = 3
"""The seed of a game of four in which Ann goes out third."""
ANN_LOSES = 13
"""The seed of a game of four in which Ann is left with cards, in 59 turns."""


def dealt(seed: int, seats: int = 4) -> MemoryHost:
    """Return a host with a game to be played by `play_to_the_end`."""
    return MemoryHost(Game.deal(seats, seed))


def promise(seed: int) -> list[Message]:
    """Return what a host says of the deal before the first card."""
    digits = commitment(seed, NONCE)
    return [Announce(f"Deal proof 1/2 {digits[:32]}"), Announce(f"Deal proof 2/2 {digits[32:]}")]


def proof(seed: int) -> list[Message]:
    """Return what a host says of the deal after the last card."""
    return [Announce(f"Seed {seed:016x}"), Announce(f"Nonce {NONCE.hex()}")]


def play_to_the_end(host: MemoryHost, seed: int, *, turns: int = 10_000) -> None:
    """Let all seats act by chance, always the same for a seed; prove the deal at the end."""
    host.send(*promise(seed))
    chance = random.Random(1)
    while not host.game.is_over and host.game.turn < turns:
        host.move(chance.choice(host.game.legal_actions()))
    if host.game.is_over:
        host.send(*proof(seed))


def place_with_album(host: MemoryHost, folder: Path) -> Place:
    """Return the host as a place whose finished games are kept in ``folder / "games"``."""
    return replace(host.place(folder), games_path=folder / "games")
