"""``rachel replay``: show a recorded game move by move, or check every hash in it."""

import click

from rachel.commands.game_files import read_game, say, say_json
from rachel.formats.action_log import ActionLog
from rachel.formats.json_shapes import JsonObject, ReplayError, action_to_json, event_to_json
from rachel.formats.record import GameRecord
from rachel.formats.replay import Mismatch, Moment, ReplayTrace
from rachel.rules.actions import Action, Play
from rachel.rules.cards import SUIT_NAMES, card_code, cards_text
from rachel.rules.events import CardsDrawn, PlayerFinished
from rachel.rules.game import Game
from rachel.text import clean_name


@click.command("replay")
@click.argument("file", metavar="FILE")
@click.option("--verify", is_flag=True, help="Only check who acts, every action and every hash.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def command(file: str, verify: bool, as_json: bool) -> None:
    """Show the game in FILE move by move, or check it.

    FILE is a ReplayTrace or ActionLog of any implementation, or the record of a finished game;
    - reads standard input. To look at it on the table: rachel view.

    \b
    Examples:
      rachel replay game.json              every move, with the state hash after it
      rachel replay game.json --verify     exit 0 when every hash agrees, else 1
      rachel export ID | rachel replay -   a game from your own server
    """
    document = read_game(file)
    game = document.replay if isinstance(document, GameRecord) else document
    try:
        if verify:
            _verify(game, as_json)
        elif as_json:
            say_json(_to_json(game))
        else:
            _show(game)
    except (Mismatch, ReplayError) as error:
        if not as_json:
            raise click.ClickException(str(error)) from None
        say_json(_problem(error))
        raise SystemExit(1) from None


def _verify(game: ReplayTrace | ActionLog, as_json: bool) -> None:
    """Check every hash there is; steps without one are replayed, but not counted as verified."""
    end, checked = game.verify()
    if as_json:
        say_json({"verified": True, "steps": checked, "stateHash": end.state_hash()})
        return
    without = len(game.steps) - checked
    say(f"verified {checked} steps" + (f", {without} more have no hash" if without else ""))


def _problem(error: Mismatch | ReplayError) -> JsonObject:
    if isinstance(error, Mismatch):
        return {
            "verified": False,
            "step": error.step,
            "kind": error.kind,
            "expected": error.expected,
            "actual": error.actual,
            "message": str(error),
        }
    return {"verified": False, "message": str(error)}


def _names(game: ReplayTrace | ActionLog, seats: int) -> list[str]:
    """Return the players' names, safe to print; a log has none."""
    if isinstance(game, ReplayTrace):
        return [clean_name(name) for name in game.names]
    return [f"Seat {seat}" for seat in range(seats)]


def _show(game: ReplayTrace | ActionLog) -> None:
    start = game.start()
    names = _names(game, start.seats)
    players = [f"{name} (bot)" if seat in game.bots else name for seat, name in enumerate(names)]
    say(f"{start.seats} seats: {', '.join(players)}")
    if isinstance(game, ReplayTrace):
        say(f"Dealt from seed {game.seed}")
    _say_state("      ", f"{card_code(start.top)} on the pile", start, game.initial_hash)
    end = start
    for moment in game.moments():
        line = f"{names[moment.seat]} {_move(moment)}"
        _say_state(f"{moment.step:>5} ", line, moment.game, moment.recorded_hash)
        end = moment.game
    if not end.is_over:
        say(f"The game is not over: {names[end.current]} is to act")
    elif end.survivor is None:
        say(f"{names[end.finish_order[0]]} won")
    else:
        say(f"{names[end.finish_order[0]]} won, {names[end.survivor]} lost")


def _say_state(lead: str, line: str, game: Game, recorded_hash: int | None) -> None:
    """Print what happened and the state hash, with the recorded one if it differs."""
    state_hash = game.state_hash()
    other = "" if recorded_hash in (None, state_hash) else f", recorded {recorded_hash}"
    say(f"{lead}{line:<40} {state_hash}{other}")


def _move(moment: Moment) -> str:
    """Return a move in words: ``plays 7H 7C``, ``plays AS, wants hearts``, ``draws 5H 9C``."""
    words = _action(moment.action)
    for event in moment.events:
        if isinstance(event, CardsDrawn):
            words += f" {cards_text(event.cards) or 'nothing'}"
        elif isinstance(event, PlayerFinished):
            words += f" and is out, place {event.position + 1}"
    return words


def _action(action: Action) -> str:
    if not isinstance(action, Play):
        return "draws"
    wants = "" if action.suit is None else f", wants {SUIT_NAMES[action.suit]}"
    return f"plays {cards_text(action.cards)}{wants}"


def _to_json(game: ReplayTrace | ActionLog) -> JsonObject:
    """Return the whole replay; a hash that differs from the recorded one stands beside it."""
    end = start = game.start()
    initial_hash = start.state_hash()
    steps: list[JsonObject] = []
    for moment in game.moments():
        steps.append(
            {
                "step": moment.step,
                "playerIndex": moment.seat,
                "action": action_to_json(moment.action),
                "events": [event_to_json(event) for event in moment.events],
                "stateHash": moment.state_hash,
                "recordedStateHash": moment.recorded_hash,
            }
        )
        end = moment.game
    return {
        "playerNames": list(game.names) if isinstance(game, ReplayTrace) else None,
        "aiPlayerIndices": list(game.bots),
        "initialStateHash": initial_hash,
        "recordedInitialStateHash": game.initial_hash,
        "steps": steps,
        "finished": end.is_over,
        "finishOrder": end.finish_order,
        "survivorPlayerIndex": end.survivor,
    }
