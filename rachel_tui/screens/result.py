"""The end of a game: who went out when, who lost, and the offer of another one."""

from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer, Static

from rachel_tui.screens.waiting import no_seat_text
from rachel_tui.sitting import Sitting, place_text
from rachel_tui.widgets.log import GameLog
from rachel_tui.widgets.status import TitleLine
from rachel_tui.words.results import Result
from rachel_tui.words.story import ordinal

_AGAIN: Final = "Enter: play again    q: leave"
_WATCH_ON: Final = "If they play again, you watch on.    q: leave"


class ResultScreen(Screen[None]):
    """Shows a result and asks for another game."""

    class AgainWanted(Message):
        """The player wants another game at the same table."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,p", "again", "Play again", key_display="enter"),
        Binding("r,R", "app.rules", "Rules", key_display="r"),
        Binding("question_mark", "app.help", "Keys", key_display="?"),
        Binding("t", "app.next_theme", "Colours", show=False),
        Binding("pageup,left_square_bracket", "scroll_log(-1)", "Older", show=False),
        Binding("pagedown,right_square_bracket", "scroll_log(1)", "Newer", show=False),
        # Escape does not leave here: pressed once too often, it would end the way to a rematch.
        Binding("q,Q", "app.leave", "Leave", key_display="q"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._watches = False
        self._title = TitleLine()
        self._headline = Static(id="headline")
        self._places = Static(id="places")
        self._proof = Static(id="proof", markup=False)
        self._again = Static(id="again", markup=False)
        self._log = GameLog()

    def show(self, result: Result, sitting: Sitting) -> None:
        """Show how the game of ``sitting`` ended."""
        self._title.where = place_text(sitting)
        self._title.link = sitting.connection.state
        self._headline.update(headline(result))
        self._places.update(places(result))
        self._proof.update(result.proof)
        self._proof.display = bool(result.proof)
        self._watches = sitting.session.watches
        again = _WATCH_ON if self._watches else _AGAIN
        self._again.update(no_seat_text(sitting) if sitting.problem else again)
        self._log.sentences = tuple(sitting.story.sentences)

    def compose(self) -> ComposeResult:
        """Yield headline, table of places, story and what to do."""
        yield self._title
        with Vertical(id="result"):
            yield self._headline
            yield self._places
            yield self._proof
            yield self._again
            yield self._log
        yield Footer()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Offer no other game to one who watches."""
        return action != "again" or not self._watches

    def action_again(self) -> None:
        """Ask for another game."""
        self.post_message(self.AgainWanted())

    def action_scroll_log(self, step: int) -> None:
        """Scroll the story by a page."""
        self._log.scroll_page(step)

    def on_click(self, event: events.Click) -> None:
        """Take a click on the invitation as a yes."""
        if event.widget is self._again and not self._watches:
            self.action_again()


def headline(result: Result) -> Content:
    """Return how the game ended for the viewer, and who lost."""
    if result.my_place == 0:
        mine = "YOU WIN!"
    elif result.i_lost:
        mine = "YOU LOSE."
    elif result.my_place is not None:
        mine = f"You are {ordinal(result.my_place)}."
    else:
        mine = "The game is over."
    if result.loser is None or result.i_lost:
        return Content.styled(mine, "bold $caret")
    return Content.assemble(
        (mine, "bold $caret"), f"  {result.loser} is left with cards and loses."
    )


def places(result: Result) -> Content:
    """Return the seats in the order they went out, the loser last."""
    width = max((Content(row.name).cell_length for row in result.rows), default=0)
    lines = []
    for row in result.rows:
        place = "loses" if row.place is None else ordinal(row.place)
        attacks = "" if row.dealt is None else f"  attacks: {row.dealt} dealt, {row.taken} taken"
        name = Content.styled(row.name, "bold" if row.is_me else "")
        lines.append(
            Content.assemble(
                (f"{place:>8}  ", "$faint" if row.place else "bold $caret"),
                name.pad_right(width - name.cell_length),
                (attacks, "$faint"),
            )
        )
    return Content("\n").join(lines)
