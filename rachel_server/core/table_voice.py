"""What a table says to the people at it, and in which order (rubp.md, Conversations)."""

from typing import Final

from rachel.rubp import (
    CARDS_MAX,
    Announce,
    CardDrawn,
    Error,
    ErrorCode,
    GameStart,
    Message,
    Phase,
    PlayerList,
    PlayerName,
    Welcome,
)
from rachel.rules.actions import Refusal
from rachel_server.core.entries import ActionTaken
from rachel_server.core.frames import FrameWriter
from rachel_server.core.link import Link
from rachel_server.core.running_game import RunningGame
from rachel_server.core.seating import Seating

_ERROR_CODES: Final = {
    Refusal.NOT_YOUR_TURN: ErrorCode.NOT_YOUR_TURN,
    Refusal.CARD_NOT_IN_HAND: ErrorCode.CARD_NOT_IN_HAND,
    Refusal.MUST_PLAY_IF_ABLE: ErrorCode.CANNOT_DRAW,
}
"""How the wire says a refusal; the others are an invalid play (rubp.md, ERROR)."""


class TableVoice(FrameWriter):
    """The frames of one table, as sentences: who hears what, and what comes first."""

    def __init__(self, game_id: int, seats: Seating) -> None:
        super().__init__(game_id)
        self._seats = seats

    def say(self, message: Message) -> None:
        """Tell everybody."""
        self.broadcast(self._seats.links, message)

    def announce(self, text: str) -> None:
        """Tell everybody something in words, at most 47 bytes of them."""
        self.say(Announce(text))

    def players(self) -> None:
        """Tell everybody who is there to play."""
        self.say(PlayerList(self._seats.present()))

    def welcome(self, link: Link, phase: Phase) -> None:
        """Welcome somebody to their seat, with the names of all."""
        game_id, seats = self.game_id, self._seats
        self.send(link, Welcome(link.seat, game_id, len(seats), phase), link.seat)
        for number, seat in seats.taken():
            self.send(link, PlayerName(number, seat.name))

    def newcomer(self, number: int, *, but: Link | None = None) -> None:
        """Tell everybody, ``but`` one who knows, the name on a seat that has just been taken."""
        others = [link for link in self._seats.links if link is not but]
        self.broadcast(others, PlayerName(number, self._seats[number].name))

    def room(self, link: Link, code: str, turn_time_s: float | None) -> None:
        """Tell somebody which room this is; programs may read this line (docs/PROTOCOL.md)."""
        clock = "no turn clock" if turn_time_s is None else f"{turn_time_s:.0f} s a turn"
        self.send(link, Announce(f"Room {code}, {clock}"))

    def hand(self, link: Link, game: RunningGame) -> None:
        """Send somebody their hand."""
        self.send_hand(link, game.view(link.seat), game.state_hash)

    def pair(self, link: Link, game: RunningGame) -> None:
        """Send somebody the whole state and their hand."""
        self.send(link, game.game_state())
        self.hand(link, game)

    def proof(self, link: Link, game: RunningGame) -> None:
        """Tell somebody what proves the deal, as far as it may be told now."""
        for line in game.proof_lines():
            self.send(link, Announce(line))

    def refusal(
        self, link: Link, refusal: Refusal, cards: tuple[int, ...], game: RunningGame
    ) -> None:
        """Tell somebody that a move with these cards is refused, and which cards they hold."""
        code = _ERROR_CODES.get(refusal, ErrorCode.INVALID_PLAY)
        self.send(link, Error(code, cards), link.seat)
        self.hand(link, game)

    def deal(self, game: RunningGame) -> None:
        """Send everybody the start of a game."""
        for line in game.proof_lines():
            self.announce(line)
        for link in self._seats.links:
            hand = game.view(link.seat).hand
            self.send(link, GameStart(hand[:CARDS_MAX]), link.seat)
            self.hand(link, game)
            self.send(link, game.game_state())

    def move(self, game: RunningGame, taken: ActionTaken, drawn: tuple[int, ...]) -> None:
        """Tell everybody of an action and of the state after it, and the actor of their hand."""
        seat, links = taken.seat, self._seats.links
        actor = self._seats[seat].link
        if actor is not None:
            if drawn:
                self.send(actor, CardDrawn(drawn), seat)
            self.hand(actor, game)
        self.broadcast(links, game.turn_end(taken, len(drawn)))
        for link in links:
            if link.acknowledges and link is not actor:
                self.hand(link, game)
        self.broadcast(links, game.game_state())

    def turn(self, game: RunningGame, until: float) -> None:
        """Tell everybody whose turn it is; who acknowledges pairs once they have, or ``until``."""
        message = game.turn_start()
        at_once = []
        for link in self._seats.links:
            if link.acknowledges:
                self.hold(link, message, until)
            else:
                at_once.append(link)
        self.broadcast(at_once, message)

    def end(self, game: RunningGame) -> None:
        """Tell everybody how the game ended, and the secrets behind its deal."""
        self.say(game.player_won())
        for line in game.revelation_lines():
            self.announce(line)
