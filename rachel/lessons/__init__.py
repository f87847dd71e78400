"""The lessons of Rachel: prepared hands, played by the real rules.

>>> from rachel.lessons import LESSONS
>>> from rachel.lessons.run import LessonRun
>>> run = LessonRun(LESSONS[0])
>>> run.ask
'You may play a card of the same suit. Play your heart, {4H}.'
"""

from typing import Final

from rachel.lessons.basics import DRAWING, MATCHING, TOGETHER
from rachel.lessons.finer import DECK, ENDING, SKIPS, STACKS
from rachel.lessons.script import Lesson
from rachel.lessons.special import ACES, BLACK_JACKS, QUEENS, RED_JACKS, SEVENS, TWOS

LESSONS: Final[tuple[Lesson, ...]] = (
    MATCHING,
    DRAWING,
    TOGETHER,
    TWOS,
    SEVENS,
    QUEENS,
    ACES,
    BLACK_JACKS,
    RED_JACKS,
    STACKS,
    SKIPS,
    DECK,
    ENDING,
)
"""All of them, in the order in which they build on each other; twelve minutes in all."""
