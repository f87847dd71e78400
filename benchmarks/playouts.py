"""Random legal games with one engine: for each line it reads it plays a while, and prints the rate.

    python benchmarks/playouts.py rachel|open_spiel|rlcard SEATS

Runs by itself with the engine's own Python (see engines.py); imports nothing that it does not play.
"""

import random
import sys
from collections.abc import Callable
from time import process_time

SLICE_S = 0.2
RNG = random.Random(1)


def rachel(seats: int) -> Callable[[], int]:
    """Return what plays one game of Rachel to its end, and counts the actions."""
    from rachel.rules.game import Game

    def play() -> int:
        game = Game.deal(seats, RNG.getrandbits(64))
        while not game.is_over:
            game.apply(RNG.choice(game.legal_actions()))
        return game.turn

    return play


def open_spiel(seats: int) -> Callable[[], int]:
    """Return the same for OpenSpiel's crazy eights, in C++: cards that are dealt are no actions."""
    import pyspiel  # type: ignore[import-not-found]

    rules = pyspiel.load_game(f"crazy_eights(players={seats},use_special_cards=true)")

    def play() -> int:
        state, actions = rules.new_initial_state(), 0
        while not state.is_terminal():
            if state.is_chance_node():
                state.apply_action(RNG.choice(state.chance_outcomes())[0])
            else:
                state.apply_action(RNG.choice(state.legal_actions()))
                actions += 1
        return actions

    return play


def rlcard(seats: int) -> Callable[[], int]:
    """Return the same for rlcard's UNO; its step always makes the next player's view, too."""
    from rlcard.games.uno import Game  # type: ignore[import-not-found]

    def play() -> int:
        game, actions = Game(num_players=seats), 0
        game.init_game()
        while not game.is_over():
            game.step(RNG.choice(game.get_legal_actions()))
            actions += 1
        return actions

    return play


def main() -> None:
    """Play a slice for each line."""
    play = {"rachel": rachel, "open_spiel": open_spiel, "rlcard": rlcard}[sys.argv[1]](
        int(sys.argv[2])
    )
    for _ in sys.stdin:
        actions, began = 0, process_time()
        while (took := process_time() - began) < SLICE_S or not actions:
            actions += play()
        print(actions / took, flush=True)


if __name__ == "__main__":
    main()
