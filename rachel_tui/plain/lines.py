"""What is typed in plain mode, and questions that a line answers."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeVar

from rachel_tui.plain.commands import Query

Answer = TypeVar("Answer")


class WentBack(Exception):  # noqa: N818 - it is no error
    """The player does not want to answer a question."""


class Lines(asyncio.Queue[str | None]):
    """What is typed, line by line; at its end there is None, however often one asks.

    Attributes:
        hidden: keeps what is typed from being shown meanwhile; None where that cannot be.
        on_read: is called for every line that is read, so that another one can be put in its place.
        ended: whether the end has been read.
    """

    def __init__(self, hidden: Callable[[], AbstractContextManager[object]] | None = None) -> None:
        super().__init__()
        self.hidden = hidden
        self.on_read: Callable[[], object] = lambda: None
        self.ended = False

    async def get(self) -> str | None:
        """Return the next line; the game goes on meanwhile, however many lines wait."""
        await asyncio.sleep(0)
        return await super().get()

    def get_nowait(self) -> str | None:
        """Return the next line.

        Raises:
            QueueEmpty: nothing is typed yet.
        """
        line = super().get_nowait()
        self.on_read()
        if line is None:
            self.ended = True
            self.put_nowait(None)
        return line

    async def answer(self) -> str | None:
        """Return the next line without space around it; None to go back, and at the end."""
        line = await self.get()
        typed = "" if line is None else line.strip()
        return None if line is None or typed.lower() in Query.QUIT.value else typed


async def ask(
    lines: Lines,
    say: Callable[[str], None],
    question: str,
    read: Callable[[str], Answer],
    tell: Callable[[], None] | None = None,
) -> Answer:
    """Ask until ``read`` can read the answer, which is empty for Enter alone; return what it reads.

    ``read`` raises ValueError with what to type instead. If there is something to ``tell``, from
    which the player chooses, Enter alone is no answer: like help it has that told again.

    Raises:
        WentBack: the player does not want to answer.
    """
    if lines.ended:
        raise WentBack  # nobody is there to be asked
    say(question)
    while (typed := await lines.answer()) is not None:
        if typed.lower() in Query.HELP.value or (tell is not None and not typed):
            if tell is not None:
                tell()
            say(question)
            continue
        try:
            return read(typed)
        except ValueError as problem:
            say(str(problem))
    raise WentBack
