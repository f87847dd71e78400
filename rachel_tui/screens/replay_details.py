"""What the list of replays says beside it of one: its places, and what decided it."""

from pathlib import Path

from textual.content import Content

from rachel.formats.record import GameRecord
from rachel.rules.view import public_view
from rachel_tui.games.reel import PROBLEMS, Reel
from rachel_tui.games.turning_points import TurningPoint, turning_points
from rachel_tui.keep.album import document, own_seat
from rachel_tui.widgets.details import Detail
from rachel_tui.widgets.log import sentence_content
from rachel_tui.words.hints import plural
from rachel_tui.words.story import ordinal


def replay_detail(file: Path) -> Detail:
    """Return how a kept game ended, on its table; or why it cannot be shown. It reads the file."""
    try:
        record = document(file)
        reel = Reel(record)
    except (OSError, *PROBLEMS) as problem:
        return Detail(file.name, Content(f"It cannot be shown: {problem}."))
    me = own_seat(file)
    game = reel.at(reel.last)
    when = record.finished_at.astimezone() if isinstance(record, GameRecord) else None
    points = [_point_rows(point) for point in turning_points(reel, me)]
    rows = [_places(reel, me), Content(), *points, *([Content()] if points else [])]
    rows += [Content.styled(f"{plural(reel.last, 'step')}; {reel.checked}.", "$faint")]
    title = file.name if when is None else f"{when:%d %B %Y, %H:%M}"
    text = Content("\n").join(rows)
    front = reel.front if me is None else me
    return Detail(title, text, reel.seat_lines(game), public_view(game), front)


def _point_rows(point: TurningPoint) -> Content:
    """Return a turning point below its name: beside it, half of it would be in the next row."""
    return Content.assemble((point.label, "bold $caret"), "\n  ", sentence_content(point.text))


def _places(reel: Reel, me: int | None) -> Content:
    game = reel.at(reel.last)
    order = [*game.finish_order, *(seat for seat in range(game.seats) if not game.out[seat])]
    places = ["loses" if not game.out[seat] else ordinal(at) for at, seat in enumerate(order)]
    width = max(map(len, places)) + 1
    return Content("\n").join(
        Content.assemble(
            ("★ " if not at else "  ", "bold $caret"),
            (f"{places[at]:<{width}}", "$faint"),
            (reel.names[seat], "" if at else "bold"),
            (" (you)" if seat == me else "", "$faint"),
        )
        for at, seat in enumerate(order)
    )
