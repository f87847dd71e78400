"""Plays games into the store at argv[1] for ever; prints each action as soon as it is durable.

A line is ``game turn hash``. Whoever runs this kills it.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from functools import partial

from store_harness import played_game

from rachel_server.core.entries import ActionTaken
from rachel_server.store.engine import create_engine
from rachel_server.store.journal import Journal

_GAMES = 20


def say(actions: Sequence[ActionTaken]) -> None:
    lines = [f"{taken.game} {taken.turn} {taken.state_hash}\n" for taken in actions]
    os.write(1, "".join(lines).encode())


async def main() -> None:
    journal = Journal(create_engine(sys.argv[1]))
    journal.start()
    first = 0
    while True:
        games = [played_game(number) for number in range(first, first + _GAMES)]
        first += _GAMES
        for game in games:
            journal.append([game.start])
        for turn in range(max(len(game.actions) for game in games)):
            moves = [game.actions[turn] for game in games if turn < len(game.actions)]
            batch = journal.append(moves)
            batch.then(partial(say, moves))
            if turn % 3 == 0:  # at other times two or three turns pile up in a batch
                done = asyncio.Event()
                batch.then(done.set)
                await done.wait()


if __name__ == "__main__":
    asyncio.run(main())
