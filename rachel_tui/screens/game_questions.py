"""Questions about running games: which to watch, whether to go on with one, or to leave it."""

from collections.abc import Sequence
from enum import Enum

from textual.content import Content

from rachel.text import listed
from rachel_tui.net.host_api import PublicTable
from rachel_tui.place import Place
from rachel_tui.screens.choice import Choice, ChoiceScreen
from rachel_tui.words.hints import next_seats, plural
from rachel_tui.words.seat_lines import SeatLine


class Decision(Enum):
    """What the player wants."""

    CONTINUE = "continue"
    NEW_GAME = "new game"
    QUIT = "quit"


def new_game_text(place: Place, *, safe: bool = False) -> str:
    """Return the text of the answer that asks for a new game; empty where there can be none.

    A room has one game at a time: there is no other before this one has ended. Nothing is given up
    by a player whose place in this one is ``safe``.
    """
    if place.room:
        return ""
    if place.solo:
        return f"New game, {plural(place.solo_seats, 'seat')} (gives this one up)"
    return f"New game elsewhere{'' if safe else ' (gives this up)'}"


def _other_seats(place: Place, now: int) -> str:
    """Return what differs between a new solo game and one with ``now`` seats, empty for nothing."""
    if not place.solo or place.solo_seats == now:
        return ""
    return f" A new game has {next_seats(place.solo_seats, now)}."


class ContinueScreen(ChoiceScreen[Decision]):
    """Returns what to do with a solo game that was left; its clock stands still meanwhile."""

    def __init__(self, lines: tuple[SeatLine, ...], place: Place) -> None:
        """Ask about the game at ``place``; ``lines`` say how its seats stand."""
        names = listed([line.name for line in lines if not line.is_me])
        mine = next((line.cards for line in lines if line.is_me), None)
        held = "" if mine is None else f" You hold {plural(mine, 'card')}."
        super().__init__(
            "Continue your game?",
            Content(f"You left a game with {names}.{held}{_other_seats(place, len(lines))}"),
            (
                Choice("c", "Continue", Decision.CONTINUE),
                Choice("g", new_game_text(place), Decision.NEW_GAME),
                Choice("q", "Leave it for later", Decision.QUIT),
            ),
            escape=Decision.QUIT,
        )


class LeaveScreen(ChoiceScreen[Decision]):
    """Returns whether to leave, to stay, or to have another game."""

    def __init__(self, place: Place, seats: int, *, stays: bool, safe: bool = False) -> None:
        """Ask. A solo game waits for its player; at other tables a bot plays on.

        Args:
            place: where the game is.
            seats: how many it has.
            stays: whether the way leads home, where Continue brings the player back.
            safe: whether the player has gone out, and no turn of theirs can come.
        """
        back = "Continue at home brings you back" if stays else "start again to come back"
        safe = safe and not place.solo
        if safe:
            what = "You are out, and your place is safe"
        elif not place.keeps_seats:
            what = "A bot plays on, and your seat is not kept"
        elif place.solo:
            what = f"The game waits for you: {back}"
        else:
            what = f"While others play, a bot takes your turns: {back}"
        choices = [Choice("y", "Leave", Decision.QUIT), Choice("n", "Stay", Decision.CONTINUE)]
        if text := new_game_text(place, safe=safe):
            choices.append(Choice("g", text, Decision.NEW_GAME))
        super().__init__(
            "Leave the game?",
            Content(f"{what}.{_other_seats(place, seats)}"),
            choices,
            escape=Decision.CONTINUE,
        )


class SeatQuestion(ChoiceScreen[str | None]):
    """Returns the code of the room to sit down in, None for none."""

    def __init__(self, kept: str, room: str) -> None:
        """Ask one who left a game in the room ``kept`` and is about to sit down in another."""
        super().__init__(
            "Give up your seat?",
            Content(
                f"You left a game in room {kept}. A seat in {room} takes the place of that one."
            ),
            (
                Choice("c", f"Continue in {kept}", kept),
                Choice("y", f"Sit down in {room} (gives {kept} up)", room),
                Choice("n", "Neither", None),
            ),
            escape=None,
        )


class TableQuestion(ChoiceScreen[str | None]):
    """Returns the code of the table to watch, None to leave."""

    def __init__(self, tables: Sequence[PublicTable]) -> None:
        """Ask which of at most nine tables it is."""
        choices: list[Choice[str | None]] = [
            Choice(str(number), f"{table.code}  {table.story}", table.code)
            for number, table in enumerate(tables, start=1)
        ]
        super().__init__(
            "Which table do you watch?",
            Content("These are public; a private one is watched by its code."),
            [*choices, Choice("q", "Leave", None)],
            escape=None,
        )
