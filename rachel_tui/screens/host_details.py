"""What the list of hosts says beside it of one: where it is, who one is there, what was played."""

from collections.abc import Sequence
from typing import Final

from textual.content import Content

from rachel.address import parse_address
from rachel_tui.games.played import PlayedGame
from rachel_tui.hosts import visit_text
from rachel_tui.keep.hosts import VisitedHost
from rachel_tui.net.host_api import Login
from rachel_tui.net.host_urls import called_host, named_host
from rachel_tui.net.neighbours import Neighbour
from rachel_tui.widgets.figures import game_row
from rachel_tui.words.hints import plural
from rachel_tui.words.seat_lines import Presence, SeatLine

_GAMES_MAX: Final = 5
_FACT_WIDTH: Final = 13


def games_at(host: VisitedHost, games: Sequence[PlayedGame]) -> list[PlayedGame]:
    """Return those of the player's games that were played at a host, the oldest first."""
    name = parse_address(named_host(host.address))[0]
    return [game for game in games if game.where == name]


def seats_of(game: PlayedGame) -> tuple[SeatLine, ...]:
    """Return who sat at the table of a game, by place."""
    return tuple(
        SeatLine(
            name,
            None,
            Presence.HERE,
            None if place == game.seats - 1 else place,
            to_act=False,
            is_me=place == game.me,
        )
        for place, name in enumerate(game.names)
    )


def visited_content(host: VisitedHost, login: Login | None, games: Sequence[PlayedGame]) -> Content:
    """Return what is known of a host that was visited, at which these ``games`` were played."""
    won = sum(game.won for game in games)
    is_link = called_host(host.address) != host.address
    rows = [
        *([_fact("Link", host.address)] if is_link else []),
        _fact("Last visit", visit_text(host)),
        _fact("You are", f"{login.username}, by login" if login else "a guest there"),
        _fact("Connection", "encrypted" if host.tls else "as the host offers it"),
        _fact("Games there", f"{plural(len(games), 'game')}, {won} won" if games else "none yet"),
        *(game_row(game) for game in games[: -_GAMES_MAX - 1 : -1]),
    ]
    return Content("\n").join(rows)


def near_content(host: Neighbour) -> Content:
    """Return what is known of a host nearby."""
    return Content("\n").join(
        [_fact("Name", host.name), _fact("Where", "on this network, right now")]
    )


def _fact(name: str, text: str) -> Content:
    return Content.assemble((name.ljust(_FACT_WIDTH), "$faint"), text)
