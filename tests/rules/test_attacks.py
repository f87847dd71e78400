"""Whom 2s, 7s and black jacks meet: the attack history and skips, rule by rule (docs/RULES.md)."""

from positions import play, position

from rachel.rules.game import Game


def legal(game: Game) -> list[str]:
    return [str(action) for action in game.legal_actions()]


# The attack history


def test_every_attacking_card_has_an_entry() -> None:
    game = position("2H 2C 3D / 4C", "KH", turn=70000)
    play(game, "2H 2C")
    assert game.attacks == [(0, 1, 2, 70000), (0, 1, 2, 70000)]
    game = position("7H 7C 3D / 7D 4C", "KH", turn=3)
    play(game, "7H 7C")
    assert game.attacks == [(0, 1, 1, 3), (0, 1, 1, 3)]
    game = position("JH JC 3D / 4C", "JS", draws=5, turn=9)
    play(game, "JH JC")
    assert game.attacks == [(0, 1, 5, 9)]


def test_the_target_is_the_next_active_seat() -> None:
    game = position("2H 3D / - / - / 4C", "KH", finished=[2, 1])
    play(game, "2H")
    assert game.attacks == [(0, 3, 2, 0)]


def test_the_target_is_next_even_when_it_is_skipped() -> None:
    game = position("7H 3D / 4C / 5C", "KH")
    play(game, "7H")
    assert game.attacks == [(0, 1, 1, 0)]
    assert game.current == 2


def test_the_target_follows_the_direction() -> None:
    game = position("2H 3D / 4C / 5C", "KH", direction=-1)
    play(game, "2H")
    assert game.attacks == [(0, 2, 2, 0)]


def test_the_last_card_attacks_like_any_other() -> None:
    game = position("2H / 4C / 5C", "KH")
    play(game, "2H")
    assert (game.out[0], game.pending_draws, game.current) == (True, 2, 1)
    assert game.attacks == [(0, 1, 2, 0)]


# Skips


def test_a_7_skips_the_next_seat() -> None:
    game = position("7H 3D / 4C / 5C", "KH")
    play(game, "7H")
    assert (game.current, game.pending_skips) == (2, 0)


def test_a_seat_with_a_7_must_answer() -> None:
    game = position("7H 3D / 7C 4H / 5H", "KH")
    play(game, "7H")
    assert (game.current, game.pending_skips) == (1, 1)
    assert legal(game) == ["7C"]
    play(game, "7C")
    assert (game.current, game.pending_skips) == (1, 0)  # 2 and 0 are skipped


def test_skips_end_at_the_first_seat_that_holds_a_7() -> None:
    game = position("7H 7C 3D / 4C / 7S 5C / 6C", "KH")
    play(game, "7H 7C")
    assert (game.current, game.pending_skips) == (2, 1)


def test_skips_wrap_round_to_the_thrower() -> None:
    game = position("7H 7C 3D / 4C / 5C", "KH")
    play(game, "7H 7C")
    assert (game.current, game.pending_skips) == (0, 0)


def test_skips_wrap_past_the_thrower() -> None:
    game = position("7H 7C 7D 3D / 4C / 5C", "KH")
    play(game, "7H 7C 7D")
    assert (game.current, game.pending_skips) == (1, 0)


def test_a_thrower_with_another_7_answers_itself() -> None:
    game = position("7H 7C 7D 3D / 4C", "KH")
    play(game, "7H 7C")
    assert (game.current, game.pending_skips) == (0, 1)
    assert legal(game) == ["7D"]


def test_skips_pass_over_seats_that_are_out() -> None:
    game = position("7H 3D / - / 4C / 5C", "KH", finished=[1])
    play(game, "7H")
    assert game.current == 3


def test_skips_follow_the_direction() -> None:
    game = position("7H 3D / 4C / 5C / 6C", "KH", direction=-1)
    play(game, "7H")
    assert game.current == 2
