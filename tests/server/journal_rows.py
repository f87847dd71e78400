"""The journal as it lies in the database, and what players were told as rows of it, for tests."""

from typing import NamedTuple

from databases import Database
from tcp_player import TcpPlayer

from rachel.rules.actions import DRAW, Play
from rachel.rules.deal_proof import state_tag
from rachel_server.store.action_text import encode_action


class JournalRow(NamedTuple):
    """A row of the journal: the turn before the action, the seat, the action, the tag after it."""

    turn: int
    seat: int
    action: str
    tag: int


def journal_of(database: Database, room: str) -> list[JournalRow]:
    """Return the rows of the game in a room, read past the server's own code."""
    assert room.isalnum()
    rows = database.rows(
        "SELECT turn, actions.seat, action, state_hash, nonce FROM actions"
        f" JOIN games ON games.id = actions.game WHERE room = '{room}' ORDER BY turn"
    )
    return [
        JournalRow(turn, seat, text, state_tag(value % (1 << 64), bytes(nonce)))
        for turn, seat, text, value, nonce in rows
    ]


def rows_announced(player: TcpPlayer) -> list[JournalRow]:
    """Return the moves a player was told of, as the journal would hold them."""
    return [
        JournalRow(
            end.turn - 1,
            end.seat,
            encode_action(Play(end.cards, end.nominated_suit) if end.cards else DRAW),
            end.state_hash or 0,
        )
        for end in player.turn_ends
    ]
