"""A lesson while it is played: the game, what is said, and what the player is asked for."""

from dataclasses import dataclass

from rachel.lessons.refusals import refusal_text
from rachel.lessons.script import YOU, Lesson, Scene, Turn, parse_move
from rachel.rules.actions import Action, IllegalAction
from rachel.rules.game import Game
from rachel.rules.view import SeatView, view_for

_ALLOWED = "The rules allow that, too. But here we are after something else."


@dataclass(frozen=True, slots=True)
class _Page:
    """What is shown at once: the ``game``, what is ``told``, and what is still to come."""

    game: Game
    told: str
    turns: tuple[Turn, ...]
    scenes: tuple[Scene, ...]
    is_last: bool = False


class LessonRun:
    """Plays one lesson by the real rules, page by page.

    A page ends where the player is asked for a move (`attempt`), or is to read on (`go_on`).

    Attributes:
        lesson: the lesson.
        tries: how often the player has tried something else on this page.
    """

    def __init__(self, lesson: Lesson) -> None:
        """Begin with the first page."""
        self.lesson = lesson
        self.tries = 0
        self._wrong = ""
        self._pages = [_first_page(lesson.scenes)]

    @property
    def game(self) -> Game:
        """The table as it is now; not to be changed."""
        return self._pages[-1].game

    @property
    def view(self) -> SeatView:
        """The table as the player sees it."""
        return view_for(self.game, YOU)

    @property
    def told(self) -> str:
        """What has just happened, and why; after a wrong try, why it was wrong."""
        return self._wrong or self._pages[-1].told

    @property
    def turn(self) -> Turn | None:
        """The turn that comes next, None at the end of a scene."""
        turns = self._pages[-1].turns
        return turns[0] if turns else None

    @property
    def ask(self) -> str:
        """What the player is to do now; empty where they read on."""
        return self.turn.ask if self.turn else ""

    @property
    def expected(self) -> Action | None:
        """The move that the player is asked for, None where they read on."""
        return parse_move(self.turn.move) if self.turn and self.ask else None

    @property
    def ended(self) -> bool:
        """Whether this is the last page, which says what to remember."""
        return self._pages[-1].is_last

    def attempt(self, action: Action) -> bool:
        """Try a move; return whether it was made. If not, the page says why, and asks again.

        Raises:
            ValueError: no move is asked for.
        """
        turn = self.turn
        if turn is None or not turn.ask:
            raise ValueError("the player is to read on")
        trial = self.game.copy()
        try:
            trial.apply(action)
        except IllegalAction as refused:
            self._wrong = refusal_text(self.game, action, refused.reason)
        else:
            if action in map(parse_move, (turn.move, *turn.also)):
                self._after(turn, trial)
                return True
            self._wrong = turn.nudge or _ALLOWED
        self.tries += 1
        return False

    def go_on(self) -> None:
        """Turn the page: another seat moves, another scene begins, or the lesson ends.

        Raises:
            ValueError: a move is asked for, or there is no other page.
        """
        page = self._pages[-1]
        if self.ask or self.ended:
            raise ValueError("there is no page to turn")
        if self.turn is not None:
            game = page.game.copy()
            game.apply(parse_move(self.turn.move))
            self._after(self.turn, game)
        elif page.scenes:
            self._show(_first_page(page.scenes))
        else:
            self._show(_Page(page.game, self.lesson.summary, (), (), is_last=True))

    def go_back(self) -> bool:
        """Turn back to the page before; return whether there is one."""
        if len(self._pages) == 1:
            return False
        self._pages.pop()
        self.tries, self._wrong = 0, ""
        return True

    def _after(self, turn: Turn, game: Game) -> None:
        page = self._pages[-1]
        self._show(_Page(game, turn.told, page.turns[1:], page.scenes))

    def _show(self, page: _Page) -> None:
        self._pages.append(page)
        self.tries, self._wrong = 0, ""


def _first_page(scenes: tuple[Scene, ...]) -> _Page:
    scene, *rest = scenes
    return _Page(scene.deal(), scene.opening, scene.turns, tuple(rest))
