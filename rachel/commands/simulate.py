"""``rachel simulate``: let bots play each other, count the places and keep the games."""

import json
import time
from pathlib import Path

import click

from rachel.bots import LEVELS
from rachel.commands.game_files import say_json
from rachel.formats.json_shapes import JsonObject
from rachel.rules.game import MAX_SEATS, MIN_SEATS
from rachel.simulation import BotGame, LevelTally, Tally, play_games


def _check_bots(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> tuple[str, ...] | None:
    if value is None:
        return None
    levels = tuple(level.strip().lower() for level in value.split(","))
    for level in levels:
        if level not in LEVELS:
            raise click.BadParameter(f"{level!r} is no level; choose from {', '.join(LEVELS)}")
    return levels


@click.command()
@click.option(
    "--seats",
    type=click.IntRange(MIN_SEATS, MAX_SEATS),
    default=4,
    show_default=True,
    help="Seats of the table.",
)
@click.option(
    "--games",
    type=click.IntRange(min=1),
    default=100,
    show_default=True,
    help="How many games they play.",
)
@click.option(
    "--bots",
    metavar="LEVEL,...",
    callback=_check_bots,
    help=f"Their levels, repeated round the table.  [default: {','.join(LEVELS)}]",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="The same seed plays the same games.",
)
@click.option(
    "--out",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for a replay of each game, `game-001.json` and so on.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def command(
    seats: int,
    games: int,
    bots: tuple[str, ...] | None,
    seed: int,
    folder: Path | None,
    as_json: bool,
) -> None:
    """Let bots play each other and count places.

    From game to game everybody moves one seat on, so that no seat favours a level.
    A game that goes on for 5000 turns counts as unfinished and gives nobody a place.

    \b
    Examples:
      rachel simulate                                  every level at one table
      rachel simulate --seats 2 --bots beginner,advanced --games 1000
      rachel simulate --games 20 --out games           then: rachel replay games/game-01.json
    """
    if bots is None:
        bots = LEVELS[-seats:]
    if len(bots) > seats:
        raise click.UsageError(f"--bots names {len(bots)} levels for {seats} seats")
    if folder is not None:
        _make_folder(folder)
    tally = Tally()
    playing_s = 0.0
    started = time.perf_counter()
    for game in play_games(bots, seats, games, seed):
        playing_s += time.perf_counter() - started
        tally.add(game)
        if folder is not None:
            _write(folder / f"game-{tally.games:0{len(str(games))}}.json", game)
        started = time.perf_counter()
    rate = tally.actions / playing_s
    if as_json:
        say_json(_to_json(tally, rate))
    else:
        _say_table(tally, rate)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        shown = click.format_filename(folder)
        raise click.ClickException(f"cannot make the folder {shown}: {error.strerror}") from None


def _write(file: Path, game: BotGame) -> None:
    """Write the trace of a game."""
    try:
        file.write_text(json.dumps(game.trace().to_json()) + "\n", encoding="utf-8")
    except OSError as error:
        shown = click.format_filename(file)
        raise click.ClickException(f"cannot write {shown}: {error.strerror}") from None


def _say_table(tally: Tally, rate: float) -> None:
    """Print one line a level, the strongest level first."""
    click.echo(f"{'level':<14}{'seats':>8}{'mean place':>13}{'won':>9}{'lost':>9}")
    for level, places in _by_strength(tally):
        click.echo(
            f"{level:<14}{places.seats_played:>8}{_shown(places.mean_place, '.2f'):>13}"
            f"{_shown(places.win_share, '.1%'):>9}{_shown(places.loss_share, '.1%'):>9}"
        )
    click.echo(
        f"{tally.games} games, {tally.unfinished} unfinished; "
        f"{tally.actions} actions, {rate:,.0f} a second"
    )


def _by_strength(tally: Tally) -> list[tuple[str, LevelTally]]:
    """Return the levels that took part, the one meant to be strongest first."""
    return [(level, tally.levels[level]) for level in reversed(LEVELS) if level in tally.levels]


def _shown(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _to_json(tally: Tally, rate: float) -> JsonObject:
    return {
        "games": tally.games,
        "unfinished": tally.unfinished,
        "actions": tally.actions,
        "actionsPerSecond": round(rate),
        "levels": {
            level: {
                "seatsPlayed": places.seats_played,
                "meanPlace": places.mean_place,
                "winShare": places.win_share,
                "lossShare": places.loss_share,
            }
            for level, places in _by_strength(tally)
        },
    }
