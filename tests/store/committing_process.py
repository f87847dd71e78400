"""Plays games into the store at argv[1] for ever; prints each action as soon as it is durable.

A line is ``game turn hash``. Whoever runs this kills it.
"""

import asyncio
import os
import sys
from collections import deque
from collections.abc import Sequence

from store_harness import EntryJournal, Kept, played_game

from rachel_server.core.entries import ActionTaken
from rachel_server.store.engine import create_engine

_GAMES = 20


async def main() -> None:
    journal = EntryJournal(create_engine(sys.argv[1]))
    unsaid: deque[tuple[Kept, Sequence[ActionTaken]]] = deque()

    def say(_: int) -> None:
        while unsaid and unsaid[0][0].saved:
            taken_now = unsaid.popleft()[1]
            lines = [f"{taken.game} {taken.turn} {taken.state_hash}\n" for taken in taken_now]
            os.write(1, "".join(lines).encode())

    journal.on_saved = say
    journal.start()
    first = 0
    while True:
        games = [played_game(number) for number in range(first, first + _GAMES)]
        first += _GAMES
        for game in games:
            journal.keep([game.start])
        for turn in range(max(len(game.actions) for game in games)):
            moves = [game.actions[turn] for game in games if turn < len(game.actions)]
            kept = journal.keep(moves)
            unsaid.append((kept, moves))
            if turn % 3 == 0:  # at other times two or three turns pile up in a batch
                await kept.durable()


if __name__ == "__main__":
    asyncio.run(main())
