"""A lesson while it is played: the game, what is said, and what the player is asked for."""

from rachel.lessons.refusals import refusal_text
from rachel.lessons.script import YOU, Lesson, Scene, Turn, parse_move
from rachel.rules.actions import Action, IllegalAction
from rachel.rules.game import Game
from rachel.rules.view import SeatView, view_for

_ALLOWED = "The rules allow that, too. But here we are after something else."


class LessonRun:
    """Plays one lesson by the real rules, page by page.

    A page ends where the player is asked for a move (`attempt`), or is to read on (`go_on`).

    Attributes:
        lesson: the lesson.
        game: the table as it is now.
        told: what has just happened, and why; or why a try was wrong.
        ask: what the player is to do now; empty where they read on.
        tries: how often they have tried something else here.
        ended: whether this is the last page, which says what to remember.
    """

    def __init__(self, lesson: Lesson) -> None:
        """Begin with the first page."""
        self.lesson = lesson
        self.game: Game
        self.told = self.ask = ""
        self.tries = 0
        self.ended = False
        self._scenes = iter(lesson.scenes)
        self._turns: tuple[Turn, ...] = ()
        self._begin(next(self._scenes))

    @property
    def view(self) -> SeatView:
        """The table as the player sees it."""
        return view_for(self.game, YOU)

    @property
    def turn(self) -> Turn | None:
        """The turn that comes next, None at the end of a scene."""
        return self._turns[0] if self._turns else None

    @property
    def expected(self) -> Action | None:
        """The move that the player is asked for, None where they read on."""
        return parse_move(self._turns[0].move) if self.ask else None

    def attempt(self, action: Action) -> bool:
        """Try a move; return whether it was made. If not, the page says why, and asks again.

        Raises:
            ValueError: no move is asked for.
        """
        if not self.ask:
            raise ValueError("the player is to read on")
        turn = self._turns[0]
        trial = self.game.copy()
        try:
            trial.apply(action)
        except IllegalAction as refused:
            self.tries += 1
            self.told = refusal_text(self.game, action, refused.reason)
            return False
        if action not in map(parse_move, (turn.move, *turn.also)):
            self.tries += 1
            self.told = turn.nudge or _ALLOWED
            return False
        self.game = trial
        self._next_page(turn.told)
        return True

    def go_on(self) -> None:
        """Turn the page: another seat moves, another scene begins, or the lesson ends.

        Raises:
            ValueError: a move is asked for, or there is no other page.
        """
        if self.ask or self.ended:
            raise ValueError("there is no page to turn")
        if self._turns:
            self.game.apply(parse_move(self._turns[0].move))
            self._next_page(self._turns[0].told)
        elif (scene := next(self._scenes, None)) is not None:
            self._begin(scene)
        else:
            self.told, self.ended = self.lesson.summary, True

    def _begin(self, scene: Scene) -> None:
        self.game = scene.deal()
        self._turns = scene.turns
        self._show(scene.opening)

    def _next_page(self, told: str) -> None:
        self._turns = self._turns[1:]
        self._show(told)

    def _show(self, told: str) -> None:
        self.told = told
        self.ask = self._turns[0].ask if self._turns else ""
        self.tries = 0
