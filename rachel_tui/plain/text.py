"""The lines that plain mode says, one per fact, without escape codes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from rachel.client.session import ClientSession
from rachel.rubp import Phase
from rachel.rules.cards import SUIT_NAMES, card_code
from rachel.rules.view import PublicView, SeatView
from rachel.text import shown
from rachel_tui.place import Place
from rachel_tui.plain.numbered import Numbered
from rachel_tui.sitting import Sitting
from rachel_tui.whereabouts import invitation
from rachel_tui.words.hints import (
    attack_text,
    demand_text,
    must_draw,
    next_seats,
    plural,
    turn_demand,
)
from rachel_tui.words.results import Result, places_text
from rachel_tui.words.rules_text import RULES, paragraph_text, paragraphs_about
from rachel_tui.words.seat_lines import (
    NO_PLAYER,
    Presence,
    SeatLine,
    machine_text,
    seat_lines,
    waits_for_players,
)
from rachel_tui.words.story import ordinal, plain_text
from rachel_tui.words.way_out import WayOut

SEAT_LATER: Final = "A seat is offered after the game."
"""What one who watches a game that runs is told of sitting down."""

if TYPE_CHECKING:
    from rachel_tui.games.turning_points import TurningPoint


def rules_lines(about: str = "") -> list[str]:
    """Return the rules, a paragraph a line: all of them, or those about a card or a word."""
    chosen = paragraphs_about(about) if about else RULES
    if not chosen:
        words = ", ".join(paragraph.key for paragraph in RULES)
        return [f"The rules do not say '{shown(about)}'. Try rules 7, or another of {words}."]
    return [paragraph_text(paragraph) for paragraph in chosen]


def returning_line(place: Place, now: int) -> str:
    """Return the line for a player who comes back to a running game with ``now`` seats."""
    found = "This is the game you left."
    if place.room:
        return found  # in a room there is no other game before this one has ended
    seats = f", with {next_seats(place.solo_seats, now)}" if place.solo else ""
    return f"{found} Type new to give it up for another one{seats}."


def hand_line(view: SeatView, cards: Numbered, *, prompt: bool) -> str:
    """Return the hand in the order of its numbers; when it is for us to act, with what fits."""
    if not view.hand:
        return "Your hand is empty: you are out."
    held = [
        f"{number} {card_code(card)}{' fits' if prompt and view.public.is_playable(card) else ''}"
        for number, card in enumerate(cards, start=1)
        if card is not None
    ]
    return f"Your hand: {', '.join(held)}."


def turn_lines(view: SeatView, cards: Numbered, seconds: int | None) -> list[str]:
    """Return the lines that begin our turn, which may take ``seconds``; None means any time."""
    public, demand = view.public, turn_demand(view)
    says_top = demand == demand_text(public) and public.nominated_suit is None
    top = "" if says_top else f" Top card {card_code(public.top)}."
    if must_draw(view) and not public.pending_draws and public.nominated_suit is not None:
        top += f" It takes {SUIT_NAMES[public.nominated_suit]} or an ace."
    limit = "" if seconds is None else f" You have {plural(seconds, 'second')}."
    return [f"Your turn: {demand}.{top}{limit}", hand_line(view, cards, prompt=True)]


def first_move_line(view: SeatView, cards: Numbered) -> str:
    """Return how to play the first card that fits, or to draw, for a beginner."""
    for number, card in enumerate(cards, start=1):
        if card is not None and view.public.is_playable(card):
            return f"Type {number}, for instance, to play {card_code(card)}; or help."
    return "Type draw."


def table_text_lines(session: ClientSession) -> list[str]:
    """Return the lines about the table: what is pending, the seats in turn, pile and deck."""
    public = session.public
    if public is None:
        return [seat_text(line) for line in seat_lines(session)]
    lines = pile_and_seats_lines(public, seat_lines(session))
    return [*lines, NO_PLAYER] if _stands_still(session) else lines


def pile_and_seats_lines(public: PublicView, seats: Sequence[SeatLine]) -> list[str]:
    """Return the lines about a table, whose seats are given in the order in which they sit."""
    lines = [seat_text(line) for line in _in_turn(public, seats)]
    pile = f"{plural(public.deck_count, 'card')} in the deck, {public.discard_count} discarded."
    if public.is_over:
        return [*lines, f"Top card {card_code(public.top)}. {pile}"]
    lines.append("Turns go in this order.")
    suit = f" {demand_text(public).capitalize()}." if public.nominated_suit is not None else ""
    lines.append(f"Top card {card_code(public.top)}.{suit} {pile}")
    attack = attack_text(public)
    return [f"Pending: {attack}.", *lines] if attack else lines


def turns_line(session: ClientSession) -> str:
    """Return who comes in which order, and how many cards each holds; empty before the deal."""
    public = session.public
    if public is None:
        return ""
    held = [
        f"{'you' if line.is_me else line.name} with {plural(line.cards or 0, 'card')}"
        for line in _in_turn(public, seat_lines(session))
        if line.place is None
    ]
    waits = f" {NO_PLAYER}" if _stands_still(session) else ""
    return f"In turn: {', '.join(held)}.{waits}"


def _stands_still(session: ClientSession) -> bool:
    """Tell whether the one who hears this watches a game whose people are all gone."""
    public = session.public
    runs = public is not None and not public.is_over
    return runs and waits_for_players(session)


def _in_turn(public: PublicView, seats: Sequence[SeatLine]) -> list[SeatLine]:
    """Return the seats in the order of their turns, with those out last; in the end by place."""
    around = [(public.current + public.direction * step) % len(seats) for step in range(len(seats))]
    playing = [seats[seat] for seat in around if seats[seat].place is None]
    out = [line for line in seats if line.place is not None]
    out.sort(key=lambda line: line.place or 0)
    return out + playing if public.is_over else playing + out


def waiting_lines(sitting: Sitting) -> list[str]:
    """Return the lines about a table that waits: who sits there and at what, and how friends come.

    A watcher is told the same.
    """
    session = sitting.session
    taken = [seat for seat in range(session.seats) if seat in session.present]
    lines = []
    for seat, line in zip(taken, seat_lines(session), strict=False):
        machine = "" if line.presence is Presence.BOT else machine_text(session, seat)
        who = seat_text(line)
        lines.append(f"{who.removesuffix('.')}, machine: {machine}." if machine else who)
    lines.append(f"{plural(session.seats - len(taken), 'seat')} of {session.seats} free.")
    if friends := invitation(sitting):
        lines.append(f"Friends come by: {friends}")
    return lines


def seat_text(line: SeatLine) -> str:
    """Return how one seat stands."""
    mine = f"You ({line.name})" if line.name else "You"
    name = mine if line.is_me else line.name
    facts = []
    if line.place is not None:
        facts.append(f"out {ordinal(line.place)}")
    elif line.cards is not None:
        facts.append(plural(line.cards, "card"))
    if line.acts and line.place is None:
        facts.append(line.acts)
    if line.to_act:
        facts.append("to play")
    return f"{name}: {', '.join(facts)}." if facts else f"{name}."


def way_out_lines(way_out: WayOut, *, was_told: bool) -> list[str]:
    """Return the lines for a player who is out while others play on.

    With ``was_told`` the player has just heard which place that is.
    """
    offer = (
        "Type fast to see the end at once, or quit."
        if way_out.hurries
        else ("Your place is safe: stay and listen, or quit.")
    )
    lines = [way_out.still_playing, offer]
    return lines if was_told else [way_out.headline, *lines]


def point_lines(points: "Sequence[TurningPoint]") -> list[str]:
    """Return what decided a game, a line for each moment."""
    return [f"{point.label}: {plain_text(point.text)}." for point in points]


def recap_lines(result: Result) -> list[str]:
    """Return what excelled in a finished game, and whether its deal was fair."""
    awards = [
        f"{row.award.capitalize()}: {'you' if row.is_me else row.name}."
        for row in result.rows
        if row.award
    ]
    lines = [line for line in (" ".join(awards), result.proof) if line]
    return lines or ["There is nothing more to tell about this game."]


def result_lines(result: Result, offer: str) -> list[str]:
    """Return the places of a finished game, and what can be done next, which is the ``offer``."""
    out = ["you" if row.is_me else row.name for row in result.rows if row.place is not None]
    return [places_text(out, "you" if result.i_lost else result.loser), offer]


def offer_text(sitting: Sitting) -> str:
    """Return what can be done when a game is over."""
    if not sitting.session.watches:
        return "Type again for another game, recap or replay for how it went, or quit."
    seat = "sit for a seat there, " if sitting.may_sit_down else ""
    return f"If they play again, you watch on; or type {seat}recap, replay or quit."


def why_not_sit(sitting: Sitting) -> str:
    """Return why one who watches cannot sit down at once, empty if they can."""
    session, room = sitting.session, sitting.session.room
    if not sitting.place.watches:
        return "Sit is for those who watch a table."
    if sitting.place.seat_in is None:
        return "Here one can only watch."
    if not sitting.may_sit_down:
        if not sitting.online:
            return "There is no connection to the host."
        runs = session.phase is Phase.PLAYING
        return f"The game runs. {SEAT_LATER}" if runs else "No seat is free."
    if kept := sitting.seat_given_up:
        return (
            f"You left a game in room {kept}. A seat in {room} takes the place of that one: "
            "end it first."
        )
    return ""
