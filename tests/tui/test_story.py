"""The story says what happened, from the frames alone."""

from scripted_host import cards, position
from story_reader import StoryReader, seated
from table_host import GAME_ID, TableScript

from rachel.client.session import ClientSession
from rachel.rubp import Announce
from rachel.rules.actions import DRAW, Play
from rachel_tui.words.seat_lines import seat_lines


def play(text: str, suit: int | None = None) -> Play:
    return Play(tuple(cards(text)), suit)


def test_the_start() -> None:
    reader = StoryReader(TableScript(position("7H KC", "5C 6C", top="9H")))
    assert reader.sit_down() == [
        "You have a seat.",
        "Get rid of your cards: match suit or rank of the top card.",
        "The cards are dealt. You start.",
    ]


def test_another_name_than_the_one_we_gave_is_told() -> None:
    script = TableScript(position("7H KC", "5C 6C", top="9H"))
    script.names[0] = "Guest Ann"
    assert "Here you are called Guest Ann." in StoryReader(script).sit_down()


def test_a_play_names_cards_and_effect() -> None:
    reader = seated(TableScript(position("KH KC", "7H 7C 2C 2D", "5C 6C", top="9H")))
    assert reader.move(play("KH KC")) == ["You play KH KC.", "You go out first and win!"]
    assert reader.move(play("2C 2D")) == ["Bot Ada plays 2C 2D: 4 cards to draw."]
    assert reader.move(DRAW) == ["Bob draws 4 cards."]


def test_skips_name_who_misses_a_turn() -> None:
    reader = seated(TableScript(position("KH 3C", "7H 7C 2C", "5C 6C", "4S 5S", top="9H")))
    reader.move(play("KH"))
    assert reader.move(play("7H 7C")) == [
        "Bot Ada plays 7H 7C: two skips.",
        "Bot Ada has one card left!",
        "Bob misses a turn: Bot Ada's 7H 7C.",
        "Cid misses a turn: Bot Ada's 7H 7C.",
    ]


def test_our_own_missed_turn_is_ours() -> None:
    reader = seated(TableScript(position("KH 3C", "7H 6C 2C", "5C 6S", top="9H", current=1)))
    reader.script.game.direction = -1
    reader.script.send(*reader.script.pair())
    reader.told()
    told = reader.move(play("7H"))
    assert told == ["Bot Ada plays 7H: one skip.", "You miss a turn: Bot Ada's 7H."]


def test_two_seats_skip_each_other() -> None:
    reader = seated(TableScript(position("7H 3C", "5C 6C", top="9H")))
    assert reader.move(play("7H")) == [
        "You play 7H: one skip.",
        "You have one card left!",
        "Bot Ada misses a turn: your 7H.",
    ]


def test_both_turns_that_two_sevens_cost_are_told_at_a_table_of_two() -> None:
    reader = seated(TableScript(position("7H 7C 3C 4C", "5C 6C", top="9H")))
    assert reader.move(play("7H 7C")) == [
        "You play 7H 7C: two skips.",
        "Bot Ada misses a turn: your 7H 7C.",
        "You miss a turn: your own 7H 7C.",
    ]
    reader = seated(TableScript(position("KH 3C", "7H 7C 3D 4C", top="9H")))
    reader.move(play("KH"))
    assert reader.move(play("7H 7C"))[1:] == [
        "You miss a turn: Bot Ada's 7H 7C.",
        "Bot Ada misses a turn: their own 7H 7C.",
    ]


def test_sevens_that_answer_sevens_add_up() -> None:
    script = TableScript(position("7H 3C 4C", "7C 5C 6C", "8C 8D", "9C 9D", top="9H"))
    reader = seated(script)
    assert reader.move(play("7H")) == ["You play 7H: one skip."]
    assert reader.move(play("7C")) == [
        "Bot Ada plays 7C: two skips.",
        "Bob misses a turn: Bot Ada's 7C.",
        "Cid misses a turn: Bot Ada's 7C.",
    ]


def test_queens_turn_the_direction_and_skips_follow_it() -> None:
    reader = seated(TableScript(position("QH 3C", "4C 5C", "6C 8C", "7H 2S 2D", top="9H")))
    assert reader.move(play("QH"))[0] == "You play QH: the direction turns."
    assert reader.move(play("7H")) == ["Cid plays 7H: one skip.", "Bob misses a turn: Cid's 7H."]


def test_two_queens_do_not_turn_it() -> None:
    reader = seated(TableScript(position("QH QC 3C", "4C 5C", top="9H")))
    assert reader.move(play("QH QC"))[0] == "You play QH QC: the direction stays."


def test_aces_name_the_suit() -> None:
    reader = seated(TableScript(position("AH 3C 4C", "4D 5C", top="9H")))
    assert reader.move(play("AH", 3)) == ["You play AH: spades now."]


def test_jacks_attack_and_take_back() -> None:
    script = TableScript(position("JC 3C 4C", "JH 5C 6C", "JD 6D 8D", top="9C"))
    reader = seated(script)
    assert reader.move(play("JC")) == ["You play JC: 5 cards to draw."]
    assert reader.move(play("JH")) == ["Bot Ada plays JH: the attack is off."]
    assert reader.move(play("JD")) == ["Bob plays JD."]


def test_our_own_draw_shows_the_card_and_others_do_not() -> None:
    script = TableScript(position("3C", "4C 5C", top="9H"))
    script.game.deck = cards("2S KD")
    reader = seated(script)
    assert reader.move(DRAW) == ["You draw KD."]
    assert reader.move(DRAW) == ["Bot Ada draws a card."]


def test_an_empty_deck() -> None:
    script = TableScript(position("3C", "4C 5C", top="9H"))
    script.game.deck = []
    assert seated(script).move(DRAW) == ["You find nothing to draw."]


def test_the_pile_becomes_the_deck() -> None:
    script = TableScript(position("3C", "4C 5C", top="8H 2H 9H"))
    script.game.deck = []
    reader = seated(script)
    shuffled = "The deck was empty: the pile was shuffled into a new one."
    assert reader.move(DRAW)[1:] == [shuffled]
    assert reader.move(DRAW) == ["Bot Ada draws a card."]


def test_the_end_names_the_loser() -> None:
    reader = seated(TableScript(position("KH", "4C 5C", top="9H")))
    assert reader.move(play("KH")) == [
        "You play KH.",
        "You go out first and win!",
        "The game is over: Bot Ada is left with cards and loses.",
    ]


def test_losing_is_told_to_the_loser() -> None:
    reader = seated(TableScript(position("KH 3C", "4H", top="9H")))
    reader.move(play("KH"))
    assert reader.move(play("4H"))[-1] == "The game is over: you are left with cards and lose."


def test_people_come_and_go_before_the_game() -> None:
    script = TableScript(position("KH 3C", "4H 5C", "6C 8C", top="9H"))
    script.waits = True
    script.present = {0, 1}
    reader = seated(script)
    script.present = {0, 1, 2}
    script.send_roster()
    assert reader.told() == ["Bob sits down."]
    script.present = {0, 2}
    script.send_roster()
    assert reader.told() == ["Bot Ada leaves."]


def test_announcements_are_the_hosts_words() -> None:
    reader = seated(TableScript(position("KH 3C", "4H 5C", top="9H")))
    reader.script.send(Announce("Saving is delayed: please wait"))
    assert reader.told() == ["Host: Saving is delayed: please wait."]


def test_our_own_return_is_no_news_to_us() -> None:
    reader = seated(TableScript(position("KH 3C", "4H 5C", "6C 8C", top="9H")))
    reader.script.send(Announce("Bob is back"), Announce("Ann is back"), Announce("An is back"))
    assert reader.told() == ["Host: Bob is back.", "Host: An is back."]


def test_why_somebody_is_gone_is_told_and_for_whom_a_bot_plays() -> None:
    reader = seated(TableScript(position("3C 4C", "KH 5C", "5H 6C", top="9H", current=1)))
    reader.script.names[1] = "Zoe"
    reader.script.present = {0, 2}
    reader.script.send_roster()
    reader.script.send(Announce("Zoe lost the connection"))
    assert reader.told() == ["Zoe lost the connection."]
    reader.script.send(Announce("Zoe has left"), Announce("Zoe is away: a bot plays this turn"))
    assert reader.told() == ["Zoe leaves: a bot plays on."]
    assert reader.move(play("KH")) == ["A bot plays KH for Zoe.", "Zoe has one card left!"]


def test_who_had_gone_before_is_no_news() -> None:
    reader = StoryReader(TableScript(position("3C 4C", "KH 5C", "5H 6C", top="9H")))
    script, session = reader.script, reader.session
    script.names[1] = "Zoe"
    script.present = {0}
    reader.sit_down()
    script.send(Announce("Zoe has left"), Announce("Bob lost the connection"))
    assert reader.told() == []
    assert [line.acts for line in seat_lines(session)] == [
        "",
        "left, a bot plays",
        "lost, may return",
    ]
    script.present = {0, 1, 2}
    script.send_roster()
    script.present = {0}
    script.send_roster()
    script.send(Announce("Zoe lost the connection"), Announce("Bob has left"))
    assert reader.told() == ["Zoe lost the connection.", "Bob leaves: a bot plays on."]
    script.send_roster()  # as after our own return
    script.send(Announce("Zoe has left"), Announce("Bob has left"))
    assert reader.told() == ["Zoe leaves: a bot plays on."], "Bob's is old"


def test_what_was_missed_is_one_sentence() -> None:
    reader = seated(TableScript(position("KH 3C", "4H 5C", top="9H")))
    missed = ("5 turns, 2 of them yours", "a bot drew 2 cards for you", "Bob went out first")
    reader.script.send(*(Announce(f"While away: {text}") for text in missed))
    assert reader.told() == [f"While you were away: {'; '.join(missed)}."]


def test_coming_back() -> None:
    reader = StoryReader(TableScript(position("KH 3C", "4H 5C", top="9H", turn=7)))
    reader.session = ClientSession("Ann", token=bytes(range(8)), game_id=GAME_ID)
    assert reader.sit_down() == ["You are back at your seat."]
    assert reader.sit_down() == ["You are back at your seat."]
    assert list(reader.story.sentences) == [("You are back at your seat.",)]
    assert reader.move(play("KH"))[0] == "You play KH."


def test_a_red_jack_takes_five_of_ten_away() -> None:
    reader = seated(TableScript(position("JC JS 4C", "JH 5C 6C", top="9C")))
    assert reader.move(play("JC JS")) == [
        "You play JC JS: 10 cards to draw.",
        "You have one card left!",
    ]
    assert reader.move(play("JH")) == ["Bot Ada plays JH: only 5 cards to draw."]


def test_what_a_bot_does_for_us_is_told_as_its_move() -> None:
    reader = seated(TableScript(position("7H 3C", "5C 6C", top="9H")))
    reader.script.send(Announce("Ann is away: a bot plays this turn"))
    assert reader.told() == []
    assert reader.host_moves(play("7H")) == [
        "A bot plays 7H for you: one skip.",
        "You have one card left!",
        "Bot Ada misses a turn: your 7H.",
    ]
    reader.script.game.deck = cards("KD")
    assert reader.host_moves(DRAW) == ["A bot draws KD for you."]


def test_what_was_done_for_us_while_we_were_away_is_told_on_our_return() -> None:
    script = TableScript(position("KH 3S 6S", "3H 5H", top="9H"))
    reader = seated(script)
    script.game = position("QD 6S KD", "5H 7H", top="9H", turn=9)
    again = ["You are back at your seat."]
    told = reader.say(reader.session.hello())
    assert told == [*again, "While you were away: KH 3S played, QD KD drawn for you."]
    assert reader.say(reader.session.hello()) == again


def test_the_story_forgets_what_is_long_gone() -> None:
    script = TableScript(position("3C", "4C 5C", top="9H"))
    script.game.deck = []
    reader = seated(script)
    for _ in range(400):
        reader.move(DRAW)
    assert len(reader.story.sentences) == 300
