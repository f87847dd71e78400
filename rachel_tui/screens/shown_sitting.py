"""Which screen shows a sitting, and what that screen is given to show."""

from typing import Any, TypeAlias

from textual.screen import ModalScreen, Screen

from rachel.rubp import Phase
from rachel_tui.net.connection import LinkState
from rachel_tui.screens.obstacles import ReconnectingScreen
from rachel_tui.screens.result import ResultScreen
from rachel_tui.screens.suit_picker import SuitPicker
from rachel_tui.screens.table import TableScreen
from rachel_tui.screens.waiting import WaitingScreen
from rachel_tui.sitting import Sitting
from rachel_tui.words.results import result_of

SittingScreen: TypeAlias = WaitingScreen | TableScreen | ResultScreen


def wanted_screen(sitting: Sitting) -> type[SittingScreen]:
    """Return the screen that fits how the sitting stands."""
    session = sitting.session
    if session.public is None or session.phase in (None, Phase.WAITING):
        return WaitingScreen
    if result_of(session):
        return ResultScreen
    return WaitingScreen if sitting.problem else TableScreen


def fill(screen: Screen[Any], sitting: Sitting) -> None:
    """Give a screen the state of the sitting to show, if it shows sittings."""
    if isinstance(screen, TableScreen | WaitingScreen):
        screen.show(sitting)
    elif isinstance(screen, ResultScreen) and (result := result_of(sitting.session)):
        screen.show(result, sitting)


def keep_modal(modal: ModalScreen[Any], sitting: Sitting) -> None:
    """Dismiss a question or notice that has lost its purpose."""
    if isinstance(modal, SuitPicker):
        if not sitting.session.prompt:
            modal.dismiss(None)
    elif isinstance(modal, ReconnectingScreen):
        modal.show(sitting)
        if sitting.connection.state is not LinkState.RECONNECTING:
            modal.dismiss(None)
