"""The table: everything that a player needs during a game."""

from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.message import Message
from textual.screen import Screen

from rachel.client.session import ClientSession
from rachel.rules.cards import ACE, rank_of
from rachel.rules.view import SeatView
from rachel_tui.bound import bound
from rachel_tui.in_order import TakesKeys
from rachel_tui.keep.settings import SORTS, Settings
from rachel_tui.screens.suit_picker import SuitPicker
from rachel_tui.sitting import Sitting
from rachel_tui.whereabouts import line_state, place_text
from rachel_tui.widgets.felt import Felt
from rachel_tui.widgets.guide import CardGuide
from rachel_tui.widgets.hand import HandView
from rachel_tui.widgets.key_line import KeyLine
from rachel_tui.widgets.log import READ_BACK, GameLog
from rachel_tui.widgets.out_panel import OutPanel
from rachel_tui.widgets.settings import settings_of
from rachel_tui.widgets.status import AdviceLine, TitleLine, TurnLine
from rachel_tui.words.hints import last_suit, must_draw, no_card, no_use, turn_demand
from rachel_tui.words.picking import advice
from rachel_tui.words.rules_text import what_matters
from rachel_tui.words.seat_lines import NO_PLAYER, seat_lines, waits_for_players
from rachel_tui.words.way_out import WayOut

_OFFLINE: Final = "Waiting for the connection…"


class TableScreen(Screen[None], TakesKeys):
    """Shows the game of a sitting and posts what its player wants to do."""

    class PlayWanted(Message):
        """The player wants to play ``cards`` in this order; an ace asks for ``suit``."""

        def __init__(self, cards: tuple[int, ...], suit: int | None) -> None:
            self.cards = cards
            self.suit = suit
            super().__init__()

    class DrawWanted(Message):
        """The player wants to draw."""

    class SortWanted(Message):
        """The player wants the hand in the ``order``, one of `SORTS`."""

        def __init__(self, order: str) -> None:
            self.order = order
            super().__init__()

    class HurryWanted(Message):
        """The player does not want to wait for the bots: they are to play at once."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("draw", "draw", "Draw", show=True, tooltip="draw, when nothing fits"),
        bound("hint", "hint", "Hint", show=True, tooltip="a hint, and why"),
        bound("rules", "rules", "Rules", show=True, tooltip="the rules"),
        bound("help", "app.help", "Keys", show=True, tooltip="the keys"),
        bound("put_back", "put_back", "Put back", tooltip="put the picked cards back"),
        bound("older", "scroll_log(-1)", "Older", tooltip=READ_BACK),
        bound("newer", "scroll_log(1)", "Newer", tooltip=READ_BACK),
        bound("leave", "app.leave", "Leave", show=True, tooltip="leave the table"),
        # Last, so that a narrow line of keys is without it.
        bound("hurry", "hurry", "Fast", show=True, tooltip="bots play at once until your turn"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._notice = ""
        self._online = False
        self._watches = False
        self._hurries = False  # whether the bots can be hurried
        self._offers_seat = False  # to one who watches, after the game
        self._title = TitleLine()
        self._felt = Felt()
        self._log = GameLog()
        self._turn = TurnLine()
        self._hand = HandView(self._touched, self._chosen)
        self._advised: tuple[SeatView | None, tuple[int, ...], int | None] = (None, (), None)
        self._out = OutPanel()
        self._advice = AdviceLine()

    def show(self, sitting: Sitting) -> None:
        """Show the game of ``sitting`` as it is now. Before it has begun, change nothing."""
        session, public = sitting.session, sitting.session.public
        if public is None:
            return
        self._watches = session.watches
        self._offers_seat = sitting.place.seat_in is not None
        self._hurries = sitting.place.hurry is not None
        self._show_way_out(sitting.way_out)
        self._title.where = place_text(sitting)
        self._title.link = line_state(sitting)
        self._felt.show(seat_lines(session), public)
        self._log.sentences = tuple(sitting.story.sentences)
        self._online = sitting.online
        prompt, still = session.prompt and self._online, waits_for_players(session)
        self._turn.show(
            turn_text(session, prompt=prompt) if sitting.online else _OFFLINE,
            mine=prompt,
            ends_at=None if still else sitting.turn_clock.ends_at,
            clock_runs=sitting.clock_runs and not still,
        )
        before = self._hand.view
        if before is None or before.public.turn != public.turn:
            self._notice = ""
        self._hand.show(session.view, prompt=prompt)
        self._advise()

    def show_notice(self, notice: str) -> None:
        """Show a line that must be read, until the player does something else."""
        self._notice = notice
        self._advise()

    def compose(self) -> ComposeResult:
        """Yield the table from top to bottom."""
        yield self._title
        with Container(id="board"):
            yield self._felt
            with Vertical(id="side"):
                yield CardGuide()
                yield self._log
        yield self._turn
        yield self._hand
        yield self._out
        yield self._advice
        yield KeyLine()

    def on_mount(self) -> None:
        """Give the keys to the hand, and heed what the player has chosen."""
        self.set_focus(self._hand)
        self.heed(settings_of(self))

    def on_screen_suspend(self) -> None:
        """Take the notice away: it has been read when something else is opened."""
        self.show_notice("")

    async def take_key(self, event: events.Key) -> bool:
        """End what moves: nobody has to wait for it. Take the mark of a card."""
        self._felt.settle()
        return self._hand.take_key(event)

    def on_key(self, event: events.Key) -> None:
        """Answer a key that does nothing."""
        if event.is_printable and event.key not in self.active_bindings:
            typed, held = event.character or "", len(self._hand.picking.hand)
            digit = typed.isdecimal() and held
            help_key = settings_of(self).key("help")
            self.show_notice(no_card(typed, held) if digit else no_use(typed, help_key))

    def on_hand_view_sort_wanted(self, message: HandView.SortWanted) -> None:
        """Ask for the next order."""
        message.stop()
        order = SORTS[(SORTS.index(self._hand.picking.order) + 1) % len(SORTS)]
        self.post_message(self.SortWanted(order))
        self.show_notice("Your hand as dealt." if order == "dealt" else f"Your hand by {order}.")

    def _chosen(self, cards: tuple[int, ...], problem: str | None) -> None:
        """Pass a play on, after asking for an ace's suit; draw when no card can be played."""
        view = self._hand.view
        if problem is None and view is not None:
            suit = last_suit(cards, view)
            if rank_of(cards[0]) == ACE and suit is None:
                self._ask_suit(cards, view.hand)
            else:
                self.post_message(self.PlayWanted(cards, suit))
        elif self._can_only_draw():
            self.post_message(self.DrawWanted())
        else:
            self.show_notice(problem or "")

    def on_out_panel_pressed(self, message: OutPanel.Pressed) -> None:
        """Do what the panel offers."""
        message.stop()
        self.action_hurry()

    def on_advice_line_pressed(self, message: AdviceLine.Pressed) -> None:
        """Do what the advice says."""
        message.stop()
        self._hand.action_play()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Offer no move to one who watches or is out, and to hurry where there are bots for it."""
        out = self._out.way_out
        if action == "hurry":
            return self._hurries and not (out and out.hurried)
        return action not in ("draw", "hint") or not (self._watches or out)

    def action_draw(self) -> None:
        """Ask for a draw."""
        self.post_message(self.DrawWanted())

    async def action_rules(self) -> None:
        """Show the rules, opened at what matters now."""
        hand = self._hand
        key = what_matters(self._felt.public, hand.view, hand.picking.card)
        await self.run_action(f"app.rules({key!r})")

    def action_hurry(self) -> None:
        """Ask the bots to play at once, if they can."""
        if self.check_action("hurry", ()):
            self.post_message(self.HurryWanted())

    def action_hint(self) -> None:
        """Find out what a good player would do."""
        from rachel_tui.words.advisor import hint

        view = self._hand.view
        if view is None or not self._hand.prompt:
            key = settings_of(self).key("hint")
            self.show_notice(f"Wait for your turn: then {key} gives a hint.")
        else:
            advised = hint(view)
            self._advised = view, advised.cards, advised.suit
            self._hand.point_at(advised.cards, advised.sentence)

    async def action_put_back(self) -> None:
        """Put the picked cards back; leave when there are none, but not in the middle of a game."""
        if self._hand.put_back():
            return
        if self._hand.view is not None and not self._hand.view.public.is_over:
            key = settings_of(self).key("leave")
            self.show_notice(f"No card is picked. {key} leaves the game.")
        else:
            await self.run_action("app.leave")

    def action_scroll_log(self, step: int) -> None:
        """Scroll the story by a page, and say where in it that leads."""
        self._log.scroll_page(step)
        newer = settings_of(self).key("newer")
        if self._log.at_beginning and step < 0:
            begins = "There is nothing older"
            self.show_notice(f"{begins}: {newer} goes on." if self._log.back else f"{begins}.")
        else:
            self.show_notice(f"You read back: {newer} goes on." if self._log.back else "")

    def _touched(self, notice: str) -> None:
        """Advise on the card the player looks at."""
        self._felt.settle()
        self.show_notice(notice)

    def heed(self, settings: Settings) -> None:
        """Look as the player has chosen."""
        self._hand.dress(settings.sort, letters=settings.suit_letters)
        self._advice.letters = settings.suit_letters

    def _ask_suit(self, aces: tuple[int, ...], hand: tuple[int, ...]) -> None:
        def answered(suit: int | None) -> None:
            if suit is not None:
                self.post_message(self.PlayWanted(aces, suit))

        view, cards, suit = self._advised
        named = suit if view == self._hand.view and cards == aces else None
        self.app.push_screen(SuitPicker(aces, hand, named), answered)

    def _show_way_out(self, way_out: WayOut | None) -> None:
        """Show the hand; in its place, once it is empty, how its player went out."""
        if way_out != self._out.way_out:
            self._out.way_out = way_out
            self.refresh_bindings()
        self._out.display = way_out is not None
        self._hand.display = self._hand.can_focus = not self._watches and way_out is None
        if self._hand.display and self.focused is None and self._hand.is_mounted:
            self.set_focus(self._hand)

    def _can_only_draw(self) -> bool:
        view = self._hand.view
        return self._hand.prompt and view is not None and must_draw(view)

    def _advise(self) -> None:
        hand = self._hand
        key = settings_of(self).key
        known = advice(hand.view, hand.prompt, hand.picking, key) if self._online else ""
        if self._watches:
            after = " A seat is offered after the game." if self._offers_seat else ""
            known = f"You are watching.{after} {key('leave')} leaves."
        offer = not self._notice and self._can_only_draw()
        self._advice.show(self._notice or known, urgent=bool(self._notice), offer=offer)


def turn_text(session: ClientSession, *, prompt: bool) -> str:
    """Return whose turn it is, and what there is to do when it is ours."""
    public, view = session.public, session.view
    if public is None or public.is_over:
        return ""
    if prompt and view is not None:
        return f"▶▶ YOUR TURN: {turn_demand(view)}"
    if public.current == session.seat:
        return "Your move is on its way…"
    name = session.names[public.current]
    if public.current in session.lost:
        return f"{name} lost the connection: a bot plays soon…"
    if waits_for_players(session):
        return NO_PLAYER
    is_here = public.current in session.present or not session.present
    return f"{name} is playing…" if is_here else f"A bot plays for {name}…"
