"""A recorded game as lines: a step for every Enter."""

from collections.abc import Callable
from itertools import pairwise
from typing import Final

from rachel.rules.cards import cards_text
from rachel.rules.view import public_view
from rachel.text import listed
from rachel_tui.games.reel import Mark, Reel
from rachel_tui.plain.lines import Lines
from rachel_tui.plain.pile import first_card_line
from rachel_tui.plain.text import pile_and_seats_lines
from rachel_tui.words.hints import plural
from rachel_tui.words.picking import sorted_hand
from rachel_tui.words.results import places_text
from rachel_tui.words.story import plain_text

_HELP: Final = (
    "Enter or next: one step on. back: one step back. next 10, back 10: ten steps.",
    "go 31, or 31: to that step; 0 is the deal. event: to the next attack, or reversal, or player "
    "going out.",
    "attack, reversal, out: to the next of these. hands: the cards of every seat.",
    "table: the top card, who comes next, who holds how many. last: the steps before.",
    "show, hide: tell the hands at every step, or not. help, quit.",
)
_STEPS: Final = {"next": 1, "n": 1, "back": -1, "b": -1}
_END: Final = "This is the end. Type quit to leave the replay."
_BEGINNING: Final = "This is the deal. Type quit to leave the replay."
_LAST: Final = 5
_MARKS: Final = {mark.value: mark for mark in Mark}


async def tell_replay(
    reel: Reel, lines: Lines, say: Callable[[str], None], me: int | None = None
) -> None:
    """Tell a recorded game until its viewer leaves, who sat at the seat ``me``."""
    replay = PlainReplay(reel, say, me)
    while (line := await lines.get()) is not None and replay.answer(line):
        pass
    say("You leave the replay.")


class PlainReplay:
    """Tells a recorded game to somebody who types how to go on."""

    def __init__(self, reel: Reel, say: Callable[[str], None], me: int | None = None) -> None:
        self._reel = reel
        self._say = say
        self._step = 0
        self._shows = False
        names = [f"{name} (you)" if seat == me else name for seat, name in enumerate(reel.names)]
        say(f"Replay: {listed(names)}, {plural(reel.last, 'step')}; {reel.checked}.")
        say(_in_it(reel))
        say("Enter for the next step, or help.")
        self._tell(range(1))

    def answer(self, line: str) -> bool:
        """Do what a line says; return False to leave."""
        words = line.lower().split() or ["next"]
        match words:
            case ["quit" | "q" | "exit"]:
                return False
            case ["help" | "?"]:
                for text in _HELP:
                    self._say(text)
            case ["hands" | "hand" | "h"]:
                self._tell_hands()
            case ["table" | "t"]:
                self._tell_table()
            case ["last" | "l"]:
                for sentence in self._reel.told(self._step)[-_LAST:]:
                    self._say(plain_text(sentence))
            case ["show" | "hide"]:
                self._shows = words[0] == "show"
                self._say("Hands are told." if self._shows else "Hands are not told.")
            case ["go", number] | [number] if _is_number(number):
                self._jump(int(number))
            case ["go", *_]:
                self._say(self._range)
            case [word] if word in _STEPS:
                self._go(self._step + _STEPS[word])
            case [word, number] if word in _STEPS and _is_number(number):
                self._go(self._step + _STEPS[word] * int(number))
            case ["event" | "e"]:
                self._find(None)
            case [word] if word in _MARKS:
                self._find(_MARKS[word])
            case _:
                self._say("Type Enter, back, event, go and a number, table, hands, help or quit.")
        return True

    def _find(self, mark: Mark | None) -> None:
        found = self._reel.find(self._step, 1, mark)
        if found is None:
            self._say("There is none after this step.")
        else:
            self._jump(found)

    def _jump(self, step: int) -> None:
        """Go to a step and tell this one alone."""
        if step > self._reel.last:
            self._say(self._range)
            return
        self._step = step
        self._tell(range(step, step + 1))

    @property
    def _range(self) -> str:
        return f"Type go and the number of a step, from 0 to {self._reel.last}."

    def _go(self, step: int) -> None:
        """Go some steps on and tell all of them, or back and tell the one there."""
        before, self._step = self._step, max(0, min(step, self._reel.last))
        if before == self._step != step:
            self._say(_END if step > before else _BEGINNING)
        elif self._step > before:
            self._tell(range(before + 1, self._step + 1))
        else:
            self._tell(range(self._step, self._step + 1))

    def _tell(self, steps: range) -> None:
        for step in steps:
            lead = f"Step {step} of {self._reel.last}: " if step else ""
            told = " ".join(map(plain_text, self._reel.scenes[step].told))
            self._say(f"{lead}{told}" if told else f"{lead}the game goes on from here.")
            for line in self._around(step):
                self._say(line)
        if self._shows:
            self._tell_hands()

    def _around(self, step: int) -> list[str]:
        """Return what a step's sentences leave out: the first card, the places."""
        game = self._reel.at(step)
        if not step:
            return [first_card_line(game.top)]
        if not game.is_over:
            return []
        names = self._reel.names
        loser = None if game.survivor is None else names[game.survivor]
        return [places_text([names[seat] for seat in game.finish_order], loser)]

    def _tell_table(self) -> None:
        game = self._reel.at(self._step)
        for line in pile_and_seats_lines(public_view(game), self._reel.seat_lines(game)):
            self._say(line)

    def _tell_hands(self) -> None:
        game = self._reel.at(self._step)
        for name, hand in zip(self._reel.names, game.hands, strict=True):
            self._say(f"{name}: {cards_text(sorted_hand(hand)) or 'out'}.")


def _in_it(reel: Reel) -> str:
    """Return what happens in a game, in a line: what the marks of its time line show on screens."""
    attacks, reversals = (
        sum(mark in scene.marks for scene in reel.scenes) for mark in (Mark.ATTACK, Mark.REVERSAL)
    )
    outs = [
        f"{name} at step {step}"
        for step, (before, scene) in enumerate(pairwise(reel.scenes), start=1)
        for name, held, holds in zip(reel.names, before.counts, scene.counts, strict=True)
        if held and not holds
    ]
    out = f" Out: {', '.join(outs)}." if outs else ""
    return f"In it: {plural(attacks, 'attack')}, {plural(reversals, 'reversal')}.{out}"


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdecimal() and len(word) < 10
