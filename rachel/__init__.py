"""Rachel: the rules of the card game, its portable formats and its wire protocol.

Everything here is pure: no input or output, no clock, no randomness of its own.

>>> from rachel.rules.game import Game
>>> game = Game.deal(seats=2, seed=42)
>>> game.state_hash()
9892255162964722708
>>> [str(action) for action in game.legal_actions()]
['4S', '7S', '9S', '9S 9D']
"""

__version__ = "0.1.0"
