"""How people sit down at a table, and which screen shows what happens there."""

# What only tables need is imported at the first one: home is on the screen before.
from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual import events
from textual.await_complete import AwaitComplete
from textual.message import Message
from textual.screen import ModalScreen, Screen

from rachel_tui.panels import PanelledApp
from rachel_tui.screens.menu import sentence

if TYPE_CHECKING:
    from rachel.client.updates import Refused, Update
    from rachel_tui.place import Place
    from rachel_tui.screens.game_questions import Decision
    from rachel_tui.screens.result import ResultScreen
    from rachel_tui.screens.table import TableScreen
    from rachel_tui.sitting import Sitting


class TableFlow(PanelledApp):
    """An app that sits at one table at a time.

    It holds the sitting; screens show it and post what the player wants.

    Attributes:
        sitting: the stay at a host, None while there is none.
        stays: whether the app goes on when its player leaves a table.
    """

    class SittingChanged(Message):
        """Something happened at the table, or to the connection."""

    sitting: Sitting | None = None
    stays = False
    _offered_name = ""
    _place: Place | None = None  # where we sit, or are about to
    _came_from: Screen[Any] | None = None  # the screen that was shown before
    _goes_on = False  # the player has said already that a game that was left goes on
    _prompted = False
    _refused: Refused | None = None  # the last refusal, until it is shown
    _news_waits = False

    def pop_screen(self) -> AwaitComplete:
        """Show what is below, or what has to be shown there by now."""
        popped = super().pop_screen()
        self.call_later(self.sync)
        return popped

    def on_resize(self, event: events.Resize) -> None:
        """Show the table where it fits, and otherwise ask for a larger terminal."""
        self.call_later(self.sync)

    def on_table_flow_sitting_changed(self, message: SittingChanged) -> None:
        """Show what is new, ring the bell when our turn begins, and say what the host refused."""
        from rachel_tui.screens.table import TableScreen
        from rachel_tui.words.hints import refusal_text

        message.stop()
        refused, self._refused, self._news_waits = self._refused, None, False
        if not self.screen_stack:
            return  # the app is closing
        self.sync()
        sitting = self.sitting
        if sitting is not None and sitting.place.watches and sitting.problem:
            if self.stays:
                self.notify(sentence(sitting.problem), severity="warning", markup=False)
            self.call_later(self._leave_table)  # there is nothing to see; the command says why
        prompt = sitting is not None and sitting.session.prompt and not sitting.returning
        if not prompt:
            self.end_call()
        elif not self._prompted:
            self.call_player()
        self._prompted = prompt
        if refused is not None and isinstance(base := self._base(), TableScreen):
            base.show_notice(f"The host refused: {refusal_text(refused.code)}.")

    def visit(self, place: Place, *, goes_on: bool = False) -> None:
        """Sit down at ``place``, after asking for the player's name if it is not known.

        Somebody who sits down already, having pressed a key twice, does so once.

        Args:
            place: where to play.
            goes_on: whether a game that was left there goes on without a question.
        """
        from rachel_tui.screens.name import NameScreen

        if self._place is not None:
            return
        self._place, self._goes_on = place, goes_on
        self._came_from = self._base()
        if place.login is not None:
            self._sit_down(place.login.username)
        elif place.watches or goes_on:
            # Others only hear how many watch; the list of hosts says who was there. A game that
            # was left goes on under the name that it was left with.
            self._sit_down(self.settings.name or self._offered_name)
        elif not self.settings.name:
            self.push_screen(NameScreen(self._offered_name), self._take_name)
        else:
            self._sit_down(self.settings.name)

    async def _take_name(self, name: str | None) -> None:
        if name is None:
            await self._leave_table()
        else:
            self.change(name=name)
            self._sit_down(name)

    def _sit_down(self, name: str) -> None:
        from rachel_tui.sitting import Sitting

        if self._place is not None:
            self.sitting = Sitting(self._place, name, lambda updates, _: self._changed(updates))
            self.run_worker(self.sitting.run(), name="sitting")
            self.sync()  # at once, so that the next key is for the screen of the table

    def _changed(self, updates: list[Update]) -> None:
        """Have what is new shown, once for all that comes meanwhile: keys must not wait behind."""
        from rachel.client.updates import Refused

        for update in updates:
            if isinstance(update, Refused):
                self._refused = update
        if not self._news_waits:
            self._news_waits = True
            self.post_message(self.SittingChanged())

    # --- what the player wants ---------------------------------------------------------------

    def on_table_screen_play_wanted(self, message: TableScreen.PlayWanted) -> None:
        """Send a play."""
        message.stop()
        if self.sitting is not None:
            self._asked(self.sitting.play(message.cards, message.suit))

    def on_table_screen_draw_wanted(self, message: TableScreen.DrawWanted) -> None:
        """Send a draw."""
        message.stop()
        if self.sitting is not None:
            self._asked(self.sitting.draw())

    def on_table_screen_hurry_wanted(self, message: TableScreen.HurryWanted) -> None:
        """Let the others play as fast as they can."""
        message.stop()
        if self.sitting is not None:
            self._asked(self.sitting.hurry())

    def on_table_screen_sort_wanted(self, message: TableScreen.SortWanted) -> None:
        """Sort hands in another way, from now on."""
        message.stop()
        self.change(sort=message.order)

    async def on_result_screen_again_wanted(self, message: ResultScreen.AgainWanted) -> None:
        """Ask for another game in the same room, unless a key pressed before has done so."""
        from rachel_tui.words.results import result_of

        message.stop()
        if self.sitting is not None and result_of(self.sitting.session) is not None:
            await self.sitting.again()
            self.sync()

    async def action_new_game(self) -> None:
        """Join afresh when the host has refused a seat."""
        if self._has_no_seat():
            await self._start_over()

    def _has_no_seat(self) -> bool:
        from rachel_tui.net.connection import LinkState

        sitting = self.sitting
        return sitting is not None and sitting.connection.state is LinkState.CLOSED

    async def action_sit_down(self) -> None:
        """Take a seat in the room that is watched; who left a game elsewhere is asked first."""
        from rachel_tui.screens.game_questions import SeatQuestion

        sitting = self.sitting
        if sitting is None or not sitting.may_sit_down:
            return
        room = sitting.session.room
        if kept := sitting.seat_given_up:
            self.push_screen(SeatQuestion(kept, room), self._take_seat)
        else:
            await self._take_seat(room)

    async def _take_seat(self, room: str | None) -> None:
        sitting = self.sitting
        if room is not None and sitting is not None and sitting.place.seat_in is not None:
            await self._change_to(sitting.place.seat_in(room), sitting)

    async def action_watch_instead(self) -> None:
        """Watch the table that has no seat for us."""
        sitting = self.sitting
        if sitting is not None and sitting.may_watch and sitting.place.watch_in is not None:
            await self._change_to(sitting.place.watch_in(sitting.place.room), sitting)

    async def _change_to(self, place: Place, sitting: Sitting) -> None:
        """Go on at a place instead of ``sitting``; the way back leads where it did."""
        came_from = self._came_from
        await sitting.leave()
        self.sitting = self._place = None
        self.visit(place)
        self._came_from = came_from

    def action_start_now(self) -> None:
        """Have the game begin although there are free seats: bots take them."""
        if self.sitting is not None and self.sitting.may_start:
            self.run_worker(self._begin(self.sitting))

    async def _begin(self, sitting: Sitting) -> None:
        if problem := await sitting.begin():
            self.notify(sentence(problem), markup=False)

    def action_copy_invitation(self) -> None:
        """Put what friends need into the terminal's clipboard, if it lets programs do so."""
        from rachel_tui.whereabouts import invitation

        text = "" if self.sitting is None else invitation(self.sitting)
        if text:
            self.copy_to_clipboard(text)
            self.notify(f"Copied, if your terminal lets programs do so: {text}", markup=False)

    def change(self, **changes: Any) -> None:  # noqa: ANN401 - values of `Settings`
        """See `DressedApp.change`; another name is used here from the next game on."""
        super().change(**changes)
        if "name" in changes and self.sitting is not None:
            self.sitting.rename(changes["name"])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Show no way to a seat that we have."""
        if action == "new_game":
            return self._has_no_seat()
        if action == "watch_instead":
            return self.sitting is not None and self.sitting.may_watch
        if action == "sit_down":
            return self.sitting is not None and self.sitting.may_sit_down
        return super().check_action(action, parameters)

    async def action_leave(self) -> None:
        """Leave; while a game runs, ask first. A second time, or without room to ask, means yes."""
        from rachel_tui.screens.game_questions import ContinueScreen, LeaveScreen
        from rachel_tui.screens.obstacles import is_too_small

        sitting = self.sitting
        asked = isinstance(self.screen, LeaveScreen | ContinueScreen)
        if sitting is None or asked or is_too_small(self.size):
            await self.action_quit()
        elif sitting.game_runs:
            place = sitting.place
            if place.solo:
                place = replace(place, solo_seats=self.settings.seats)
            out, seats = sitting.way_out is not None, sitting.session.seats
            question = LeaveScreen(place, seats, stays=self.stays, safe=out)
            self.push_screen(question, self._take_decision)
        else:
            await self._leave_table()

    async def action_quit(self) -> None:
        """End the app at once; the seat is kept."""
        if self.sitting is not None:
            await self.sitting.leave()
        self.exit()

    async def hang_up(self) -> None:
        """End because the terminal does: for the others at the table the connection is lost."""
        if self.sitting is not None:
            await self.sitting.close()
        self.exit()

    async def _leave_table(self) -> None:
        """Go back to where we came from, or end the app if it began at the table."""
        if not self.stays:
            await self.action_quit()
            return
        if self.sitting is not None:
            await self.sitting.leave()
        self.sitting = self._place = None
        self._prompted = False
        while self.screen is not self._came_from and len(self.screen_stack) > 1:
            self.pop_screen()

    async def _take_decision(self, decision: Decision | None) -> None:
        from rachel_tui.screens.game_questions import Decision

        if self.sitting is None or decision is Decision.QUIT:
            await self._leave_table()
        elif decision is Decision.NEW_GAME:
            await self._start_over()
        else:
            self.sitting.go_on()

    async def _start_over(self) -> None:
        if self.sitting is not None:
            await self.sitting.start_over()

    def _asked(self, problem: str) -> None:
        from rachel_tui.screens.table import TableScreen

        self.sync()
        if problem and isinstance(base := self._base(), TableScreen):
            base.show_notice(f"Not now: {problem}.")

    # --- which screen is shown ---------------------------------------------------------------

    def sync(self) -> None:
        """Show the screen that fits the sitting. A question on top is answered first."""
        from rachel_tui.screens.obstacles import TooSmallScreen, is_too_small

        if not self.screen_stack:
            return  # the app is closing
        base = self._base()
        self._fill(base)
        if is_too_small(self.size) != isinstance(self.screen, TooSmallScreen):
            if isinstance(self.screen, TooSmallScreen):
                self.pop_screen()
            else:
                self.push_screen(TooSmallScreen())
        elif self.sitting is None:
            pass
        elif isinstance(self.screen, ModalScreen):
            from rachel_tui.screens.shown_sitting import keep_modal

            keep_modal(self.screen, self.sitting)
        else:
            self._show_sitting(self.sitting, base)

    def _show_sitting(self, sitting: Sitting, base: Screen[Any]) -> None:
        from rachel_tui.net.connection import LinkState
        from rachel_tui.screens.game_questions import ContinueScreen
        from rachel_tui.screens.obstacles import ReconnectingScreen
        from rachel_tui.screens.shown_sitting import SittingScreen, wanted_screen
        from rachel_tui.screens.table import TableScreen
        from rachel_tui.words.seat_lines import seat_lines

        if sitting.returning and self._goes_on:
            sitting.go_on()
            self._goes_on = False
        elif sitting.returning and not sitting.place.solo:
            sitting.go_on()  # without a question: others play, and a clock may run
            new = f" For a new one instead: {self.settings.key('leave')}, then g."
            sitting.story.note(f"This is the game you left.{'' if sitting.place.room else new}")
        wanted = wanted_screen(sitting)
        if type(base) is not wanted:
            screen = wanted()
            self._fill(screen)
            if isinstance(base, SittingScreen):
                self.switch_screen(screen)
            else:
                self.push_screen(screen)
            self.call_later(self.sync)
        elif wanted is TableScreen and sitting.returning:
            question = ContinueScreen(seat_lines(sitting.session), sitting.place)
            self.push_screen(question, self._take_decision)
        elif wanted is TableScreen and sitting.connection.state is LinkState.RECONNECTING:
            self.push_screen(ReconnectingScreen())
            self.call_later(self.sync)

    def _base(self) -> Screen[Any]:
        """Return the screen below any questions and notices."""
        return next(
            screen for screen in reversed(self.screen_stack) if not isinstance(screen, ModalScreen)
        )

    def _fill(self, screen: Screen[Any]) -> None:
        """Give a screen the state of the sitting to show."""
        if self.sitting is not None:
            from rachel_tui.screens.shown_sitting import fill

            fill(screen, self.sitting)
