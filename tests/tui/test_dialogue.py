"""Plain mode at a table: every event is a line, every line typed is answered."""

from pathlib import Path

import pytest
from memory_host import MemoryHost
from plain_reader import HOST_KEY, talking, talking_at, talking_to
from scripted_host import cards, position
from table_host import GAME_ID, hosting

from rachel.rubp import WATCHES, Announce, DrawCard, Hello, PlayCard
from rachel.rules.actions import DRAW, Play
from rachel.rules.game import Game
from rachel_tui.home import Home
from rachel_tui.keep import saved_seat
from rachel_tui.keep.saved_seat import SavedSeat
from rachel_tui.keep.settings import OwnSettings, Settings
from rachel_tui.place import Place
from rachel_tui.plain.commands import SUIT_QUESTION
from rachel_tui.plain.help import AFTER, ALONE, BEFORE, DURING
from rachel_tui.plain.home import HomeLines

END = "Type again for another game, recap or replay for how it went, or quit."
HAND_LINE = "Your hand: 1 3S, 2 7H fits, 3 7C, 4 KC."


def two_sevens() -> Game:
    """Return a game in which seat 0 holds two 7s, one of which fits."""
    return position("3S 7C 7H KC", "5C 6C 8C", "4D 5D", top="9H")


def an_ace() -> Game:
    """Return a game in which seat 0 can play an ace."""
    return position("AH KC", "5C 6C 8C", "4D 5D", top="9H")


async def test_a_turn_says_all_one_needs(tmp_path: Path) -> None:
    async with hosting(two_sevens()) as host, talking(host, tmp_path) as reader:
        await reader.hears(HAND_LINE)
        assert reader.said == [
            "You have a seat.",
            "Get rid of your cards: match suit or rank of the top card.",
            "The cards are dealt. You start.",
            "Top card 9H.",
            "Your turn: play hearts or a 9.",
            HAND_LINE,
            "Type 2, for instance, to play 7H; or help.",
        ]


@pytest.mark.parametrize("typed", ["7h 7c", "play 7H 7C", "2 3", "7c 7h"])
async def test_playing(tmp_path: Path, typed: str) -> None:
    async with hosting(two_sevens()) as host, talking(host, tmp_path) as reader:
        reader.type(typed)
        (message,) = await host.hears(PlayCard)
        assert isinstance(message, PlayCard)
        assert message.cards == tuple(cards("7H 7C"))
        await reader.hears("You play 7H 7C: two skips.")
        await reader.hears("Bob misses a turn: your 7H 7C.")


async def test_cards_keep_their_numbers_until_one_comes(tmp_path: Path) -> None:
    game = position("3S 7H 9C KC", "6H 8C", "", top="9H", finish_order=(2,))
    async with hosting(game) as host, talking(host, tmp_path) as reader:
        host.game.deck = cards("2D 8D 5D 4H")
        await reader.hears("Your hand: 1 3S, 2 7H fits, 3 9C fits, 4 KC.")
        reader.type("2")
        await reader.hears("Your hand: 1 3S, 3 9C, 4 KC.")
        reader.type("2")
        await reader.hears("There is no card number 2; your hand has 1, 3 and 4.")
        reader.type("draw")
        await reader.hears("You draw 4H.")
        reader.type("hand")
        await reader.hears("Your hand: 1 3S, 2 4H, 3 9C, 4 KC.")


async def test_the_hand_is_told_in_the_order_that_is_set(tmp_path: Path) -> None:
    own = OwnSettings(lambda: Settings(name="Ann", sort="suit"), lambda _: None)
    async with hosting(two_sevens()) as host:
        place = Place("127.0.0.1", host.port, HOST_KEY, tmp_path / "seats.json")
        home = Home(lambda: place, lambda: None)
        async with talking_to(lambda lines, say: HomeLines(home, "Ann", say, own).run(lines)) as it:
            it.type("solo")
            await it.hears("Your hand: 1 7H fits, 2 7C, 3 KC, 4 3S.")


async def test_it_is_said_when_the_pile_is_shuffled(tmp_path: Path) -> None:
    game = position("3S KC", "5C 6C", "4D", top="8H 2H 9H", turn=4)
    async with hosting(game) as host:
        host.game.deck = []
        async with talking(host, tmp_path) as reader:
            await reader.hears("Type draw.")
            reader.type("draw")
            await reader.hears("The deck was empty: the pile was shuffled into a new one.")
            reader.type("last")
            assert reader.said[-1].startswith("The deck was empty")


async def test_a_card_that_does_not_fit(tmp_path: Path) -> None:
    async with hosting(two_sevens()) as host, talking(host, tmp_path) as reader:
        reader.type("kc", "d", "9s")
        await reader.hears("KC does not fit: needs the suit or rank of 9H.")
        await reader.hears("Not possible: you can play 7H, so you must play.")
        assert not [m for m in host.heard if isinstance(m, PlayCard | DrawCard)]


async def test_an_ace_asks_for_its_suit(tmp_path: Path) -> None:
    async with hosting(an_ace()) as host, talking(host, tmp_path) as reader:
        reader.type("ah")
        await reader.hears(SUIT_QUESTION)
        reader.type("heats", "hand", "rules ace", "hint", "9", "spades")
        await reader.hears("You play AH: spades now.")
        assert reader.said.count(SUIT_QUESTION) == 2
        assert "There is no card number 9; your hand has 1 to 2." in reader.said


async def test_back_leads_out_of_a_question_but_not_out_of_a_game(tmp_path: Path) -> None:
    async with hosting(an_ace()) as host, talking(host, tmp_path) as reader:
        await reader.hears("Type 2, for instance, to play AH; or help.")
        reader.type("ah", "back", "spades")
        await reader.hears("No card is played.")
        await reader.hears("'spades' is no command. Type help for what you can type.")
        reader.type("new", "back")
        await reader.hears("You play on.")
        reader.type("back")
        await reader.hears(
            "There is nothing to take back. Type quit to leave the table (your seat is kept)."
        )
        reader.type("quit")
        assert await reader.ends() == 0
        assert not [message for message in host.heard if isinstance(message, PlayCard)]


async def test_an_ace_that_ends_the_game_asks_for_no_suit(tmp_path: Path) -> None:
    game = position("AH AS", "", "4D", top="9H", finish_order=(1,))
    async with hosting(game) as host, talking(host, tmp_path) as reader:
        reader.type("ah as")
        await reader.hears("The game is over: Bob is left with cards and loses.")
        assert not any(line.startswith("Which suit") for line in reader.said)


async def test_an_ace_with_its_suit(tmp_path: Path) -> None:
    async with hosting(an_ace()) as host, talking(host, tmp_path) as reader:
        reader.type("ah diamonds")
        await reader.hears("You play AH: diamonds now.")


async def test_drawing(tmp_path: Path) -> None:
    game = position("3S KC", "5C 6C", "4D", top="5H 2H", pending_draws=2)
    async with hosting(game) as host:
        host.game.deck = cards("KD QD 10S")
        async with talking(host, tmp_path) as reader:
            await reader.hears("Your turn: draw 2 cards. Top card 2H.")
            await reader.hears("Type draw.")
            reader.type("draw")
            await reader.hears("You draw 10S QD.")


async def test_how_to_play_a_card_and_how_to_draw_is_said_once(tmp_path: Path) -> None:
    game = position("3S JS KC", "9S 8S 6H", top="9D")
    async with hosting(game) as host, talking(host, tmp_path) as reader:
        host.game.deck = cards("2H 3H 5H 6D 7D KD 4H")
        await reader.hears("Type draw.")
        assert not [line for line in reader.said if "to play" in line]
        reader.type("draw")
        await host.hears(DrawCard)
        host.move(Play(tuple(cards("9S"))))
        await reader.hears("Type 1, for instance, to play 3S; or help.")
        reader.type("1")
        await host.hears(PlayCard)
        host.move(Play(tuple(cards("8S"))))
        await reader.hears("Your hand: 2 4H, 3 JS fits, 4 KC.")
        reader.type("table")
        await reader.hears("Turns go in this order.")
        assert sum(line.endswith("; or help.") for line in reader.said) == 1
        reader.type("3")
        await host.hears(PlayCard, times=2)
        host.move(DRAW)
        await reader.hears("Your turn: nothing fits, draw a card. Top card JS.")
        reader.type("table")
        await reader.hears("Top card JS. 1 card in the deck, 5 discarded.")
        assert reader.said.count("Type draw.") == 1


async def test_questions(tmp_path: Path) -> None:
    game = position(
        "3S 7C 7H KC", "5C 6C 8C", "4D 5D", top="AH", nominated_suit=0, direction=-1, current=2
    )
    async with hosting(game) as host, talking(host, tmp_path) as reader:
        host.present = {0, 1}
        reader.type("hand")
        await reader.hears("Your hand: 1 3S, 2 7H, 3 7C, 4 KC.")
        host.send_roster()
        host.move(DRAW)
        await reader.hears("A bot draws a card for Bob.")
        reader.type("table", "last", "rules", "help")
        await reader.hears("Bob: 3 cards, away, a bot plays.")
        at = reader.said.index("Bot Ada: 3 cards, to play.")
        assert reader.said[at : at + 5] == [
            "Bot Ada: 3 cards, to play.",
            "You (Ann): 4 cards.",
            "Bob: 3 cards, away, a bot plays.",
            "Turns go in this order.",
            "Top card AH. Play hearts or an ace. 41 cards in the deck, 1 discarded.",
        ]
        await reader.hears(
            "Queen: Turns the direction of play. Two at once leave it as it was, three turn it."
        )
        await reader.hears(DURING[3])
        assert ALONE not in reader.said
        assert (
            reader.said.count("A bot draws a card for Bob.") == 2
        )  # as it happened, and again for last


async def test_what_is_pending_is_told_first_and_who_is_out_last(tmp_path: Path) -> None:
    game = position(
        "2S KC", "", "4D", "5S", top="2H", pending_draws=2, direction=-1, finish_order=(1,)
    )
    async with hosting(game) as host, talking(host, tmp_path) as reader:
        reader.type("table")
        await reader.hears("Turns go in this order.")
        end = reader.said.index("Turns go in this order.")
        assert reader.said[end - 5 : end] == [
            "Pending: +2 cards unless a 2 answers.",
            "You (Ann): 2 cards, to play.",
            "Cid: 1 card.",
            "Bob: 1 card.",
            "Bot Ada: out first.",
        ]


async def test_a_hint(tmp_path: Path) -> None:
    async with hosting(two_sevens()) as host, talking(host, tmp_path) as reader:
        reader.type("hint", "7h 7c", "hint", "recap")
        await reader.hears("Wait for your turn: then there is a hint.")
        (hint,) = [line for line in reader.said if line.startswith("Hint: play 7H 7C")]
        assert hint.endswith(". Type 2 3.")
        await reader.hears("The game still runs: there is a recap after its end.")


async def test_what_is_not_understood(tmp_path: Path) -> None:
    async with hosting(two_sevens()) as host, talking(host, tmp_path) as reader:
        reader.type("xyzzy")
        await reader.hears("'xyzzy' is no command. Type help for what you can type.")


async def test_a_move_out_of_turn(tmp_path: Path) -> None:
    game = position("3S QH KC", "5C 6C", "4D 5H", top="9C", current=1)
    async with hosting(game) as host, talking(host, tmp_path) as reader:
        reader.type("qh")
        await reader.hears("Not possible: it is the turn of Bot Ada.")


async def test_what_the_host_refuses(tmp_path: Path) -> None:
    async with hosting(two_sevens()) as host:
        host.refuse_plays = True
        async with talking(host, tmp_path) as reader:
            reader.type("7h")
            await reader.hears("The host refused: these cards do not fit.")


async def test_the_end_and_another_game(tmp_path: Path) -> None:
    game = position("KH", "5C 6C", top="9H")
    async with hosting(game) as host, talking(host, tmp_path) as reader:
        await reader.hears("Your hand: 1 KH fits.")
        reader.type("kh")
        await reader.hears(END)
        at = reader.said.index("The game is over: Bot Ada is left with cards and loses.")
        assert reader.said[at + 1 :] == ["First: you. Last: Bot Ada.", END]
        reader.type("recap")
        await reader.hears("Was attacked most: you. Attacked most: Bot Ada.")
        reader.said.clear()
        reader.type("")
        await reader.hears(END)
        assert reader.said == ["First: you. Last: Bot Ada.", END]
        reader.said.clear()
        reader.type("help")
        await reader.hears(AFTER[-1])
        assert reader.said == list(AFTER)
        reader.said.clear()
        reader.type("hint", "kh", "table")
        await reader.hears("Top card KH. 48 cards in the deck, 2 discarded.")
        assert reader.said == [
            "The game is over: there is nothing to play.",
            "Not possible: the game is over.",
            "You (Ann): out first.",
            "Bot Ada: 2 cards.",
            "Top card KH. 48 cards in the deck, 2 discarded.",
        ]
        reader.said.clear()
        reader.type("again")
        await reader.hears("Your hand: 1 KH fits.")
        assert "Get rid of your cards: match suit or rank of the top card." not in reader.said


async def test_a_rematch_that_has_no_seat_for_us(tmp_path: Path) -> None:
    host = MemoryHost(position("KH", "5C 6C", top="9H"))
    async with talking_at(host.place(tmp_path)) as reader:
        reader.type("kh")
        await reader.hears(END)
        host.refuse_joins = True
        reader.type("again")
        await reader.hears("No seat: that table is full. Type again to look for another table.")
        host.refuse_joins = False
        reader.said.clear()
        reader.type("again")
        await reader.hears("Your hand: 1 KH fits.")


async def test_another_game_after_the_table_has_closed(tmp_path: Path) -> None:
    host = MemoryHost(position("KH", "5C 6C", top="9H"))
    async with talking_at(host.place(tmp_path)) as reader:
        reader.type("kh")
        await reader.hears(END)
        reader.said.clear()
        host.lines[0].arrive(b"")
        await host.lines[0].closed.wait()
        reader.type("table")
        await reader.hears("Top card KH. 48 cards in the deck, 2 discarded.")
        reader.type("again")
        await reader.hears("You have a seat.")
        first, second = (hello for hello in host.heard if isinstance(hello, Hello))
        assert (first.room, second.room) == ("", "CAKE")
        assert first.token != second.token
        assert reader.said[:2] == ["You (Ann): out first.", "Bot Ada: 2 cards."]
        assert not [line for line in reader.said if line.startswith(("Reconnecting", "Error"))]


async def test_what_the_proof_of_the_deal_says_is_said_once(tmp_path: Path) -> None:
    async with hosting(two_sevens()) as host, talking(host, tmp_path) as reader:
        await reader.hears(HAND_LINE)
        parts = ("Deal proof 1/2", "Deal proof 2/2", "Seed", "Nonce")
        lines = [f"{part} {'0' * (16 if part == 'Seed' else 32)}" for part in parts]
        host.send(*map(Announce, lines))
        host.send(Announce("That was it"))
        await reader.hears("Host: That was it.")
        assert sum(line.startswith("WARNING: the deal was not") for line in reader.said) == 1


async def test_quitting_keeps_the_seat(tmp_path: Path) -> None:
    async with hosting(two_sevens()) as host, talking(host, tmp_path) as reader:
        await reader.hears(HAND_LINE)
        reader.type("quit")
        assert await reader.ends() == 0
        assert reader.said[-1] == "You leave the table. Your seat is kept."
        assert saved_seat.load(tmp_path / "seats.json", HOST_KEY) is not None


async def test_a_game_that_was_left_goes_on_and_can_be_given_up(tmp_path: Path) -> None:
    seat = SavedSeat(HOST_KEY, GAME_ID, bytes(range(1, 9)), "Ann", "CAKE")
    saved_seat.save(tmp_path / "seats.json", seat)
    async with hosting(two_sevens()) as host, talking(host, tmp_path) as reader:
        await reader.hears("This is the game you left. Type new to give it up for another one.")
        await reader.hears(
            "In turn: you with 4 cards, Bot Ada with 3 cards, Bob with 2 cards. "
            "Type last for what was told before."
        )
        await reader.hears(HAND_LINE)
        reader.type("new", "yes")
        await host.hears(Hello, times=2)
        await reader.hears("You have a seat.")


async def test_a_game_is_not_given_up_unasked(tmp_path: Path) -> None:
    async with hosting(two_sevens()) as host, talking(host, tmp_path) as reader:
        await reader.hears(HAND_LINE)
        reader.type("new", "no", "new", "7h 7c")
        await reader.hears("You play on.")
        await reader.hears("That gives up the game that runs. Type yes if you want to, or play on.")
        await reader.hears("You play 7H 7C: two skips.")
        reader.type("yes")
        await reader.hears("'yes' is no command. Type help for what you can type.")


async def test_what_is_typed_before_the_game_is_answered_or_kept(tmp_path: Path) -> None:
    async with hosting(two_sevens()) as host:
        host.waits = True
        async with talking(host, tmp_path) as reader:
            await reader.hears("You have a seat.")
            reader.type("foo", "7h 7c", "table", "help")
            await reader.hears("'foo' is no command. Type help for what you can type.")
            await reader.hears("There is no game yet: that is done when it begins.")
            await reader.hears("You (Ann), machine: terminal.")
            await reader.hears(BEFORE[0])
            host.start()
            await reader.hears("You play 7H 7C: two skips.")


async def test_an_ace_and_its_suit_may_be_typed_before_the_game(tmp_path: Path) -> None:
    async with hosting(an_ace()) as host:
        host.waits = True
        async with talking(host, tmp_path) as reader:
            await reader.hears("You have a seat.")
            reader.type("hearts", "ah", "clubs")
            await reader.hears("'hearts' is no command. Type help for what you can type.")
            host.start()
            await reader.hears("You play AH: clubs now.")


async def test_a_table_that_waits_says_its_code_and_who_is_there(tmp_path: Path) -> None:
    async with hosting(two_sevens()) as host:
        host.waits, host.present = True, {0, 2}
        place = Place("127.0.0.1", host.port, HOST_KEY, tmp_path / "seats.json", "CAKE")
        async with talking_at(place) as reader:
            await reader.hears("Table CAKE, with Bob. Type start to begin at once.")


async def test_an_empty_line_repeats_whose_turn_it_is_and_with_what(tmp_path: Path) -> None:
    async with hosting(two_sevens()) as host, talking(host, tmp_path) as reader:
        await reader.hears("Type 2, for instance, to play 7H; or help.")
        reader.type("", "foo")
        await reader.hears("'foo' is no command. Type help for what you can type.")
        assert reader.said[7:9] == ["Your turn: play hearts or a 9.", HAND_LINE]


async def test_the_turn_is_said_again_after_all_the_rules(tmp_path: Path) -> None:
    async with hosting(two_sevens()) as host, talking(host, tmp_path) as reader:
        await reader.hears("Type 2, for instance, to play 7H; or help.")
        reader.said.clear()
        reader.type("rules")
        await reader.hears(HAND_LINE)
        assert reader.said[-2:] == ["Your turn: play hearts or a 9.", HAND_LINE]


async def test_an_empty_line_says_who_is_to_play(tmp_path: Path) -> None:
    async with hosting(an_ace()) as host, talking(host, tmp_path) as reader:
        reader.type("ah spades")
        await reader.hears("You play AH: spades now.")
        reader.type("")
        await reader.hears("In turn: Bot Ada with 3 cards, Bob with 2 cards, you with 1 card.")


async def test_a_card_that_is_not_held(tmp_path: Path) -> None:
    async with hosting(two_sevens()) as host, talking(host, tmp_path) as reader:
        reader.type("9s")
        await reader.hears("You do not hold 9S.")


async def test_a_host_that_cannot_be_reached_ends_it(tmp_path: Path) -> None:
    async with hosting(two_sevens()) as host:
        await host.stop()
        async with talking(host, tmp_path) as reader:
            assert await reader.ends() == 1
            assert reader.said[-1].startswith(f"Error: cannot reach 127.0.0.1:{host.port}")


async def test_a_script_that_quits_waits_for_the_host(tmp_path: Path) -> None:
    async with hosting(two_sevens()) as host:
        await host.stop()
        async with talking(host, tmp_path, scripted=True) as reader:
            reader.type("quit")
            assert await reader.ends() == 1
            assert len(reader.said) == 1
            assert reader.said[0].startswith(f"Error: cannot reach 127.0.0.1:{host.port}")


async def test_a_host_without_a_seat_ends_it(tmp_path: Path) -> None:
    async with hosting(two_sevens()) as host:
        host.refuse_joins = True
        async with talking(host, tmp_path) as reader:
            assert await reader.ends() == 1
            assert reader.said == ["Error: that table is full."]


async def test_a_host_with_newer_rules_says_both_versions(tmp_path: Path) -> None:
    async with hosting(two_sevens()) as host:
        host.spec = 2
        async with talking(host, tmp_path) as reader:
            assert await reader.ends() == 1
            assert reader.said == [
                f"Error: 127.0.0.1:{host.port} plays by version 2 of the rules, Rachel here by"
                " version 1: upgrade this one (git pull, or pip install --upgrade rachel)."
            ]
            await host.hears(Hello, 2)
    joined, goodbye = (message for message in host.heard if isinstance(message, Hello))
    assert (joined.capabilities & WATCHES, goodbye.capabilities & WATCHES) == (0, WATCHES)


async def test_a_lost_link_is_said_and_so_is_its_return(tmp_path: Path) -> None:
    async with hosting(two_sevens()) as host, talking(host, tmp_path) as reader:
        await reader.hears(HAND_LINE)
        reader.said.remove(HAND_LINE)
        host.drop()
        await reader.hears("Connected again.")
        await reader.hears(HAND_LINE)  # said anew: it is still our turn
        lost = f"Reconnecting: lost the connection to 127.0.0.1:{host.port}."
        assert reader.said.count(lost) == 1
        reader.type("7h")
        await reader.hears("You play 7H: one skip.")


async def test_a_file_of_moves_waits_for_each_turn(tmp_path: Path) -> None:
    game = position("3S QH KH 4H", "5C 6H 8H", top="9H")
    async with hosting(game) as host, talking(host, tmp_path, scripted=True) as reader:
        reader.type("kh", "4h", "hand", "quit")
        await host.hears(PlayCard)
        host.move(Play(tuple(cards("6H"))))
        await host.hears(PlayCard, times=2)
        await reader.hears("You play 4H.")
        assert not any("Your hand: 1 3S, 3 QH." in line for line in reader.said)
        host.move(Play(tuple(cards("8H"))))
        assert await reader.ends() == 0
        assert "Your hand: 1 3S, 3 QH fits." in reader.said


async def test_strangers_names_are_inert(tmp_path: Path) -> None:
    game = position("3S QH KC", "5C 6C", top="9C", current=1)
    async with hosting(game) as host:
        host.names[1] = "\x1b[31m[/]\u202e\nX"
        async with talking(host, tmp_path) as reader:
            reader.type("table")
            await reader.hears("[31m[/] X: 2 cards, to play.")
            assert all(line.isprintable() for line in reader.said)
