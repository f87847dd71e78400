"""Elo's formula among everybody at a table."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rachel_server.store.elo import START, rate

Player = tuple[int, int, int]
"""Place, rating and rated games."""

players = st.tuples(st.integers(1, 8), st.integers(-500, 4000), st.integers(0, 60))
tables = st.lists(players, min_size=2, max_size=8)


def changes(table: list[Player]) -> list[int]:
    places, ratings, games = zip(*table, strict=True)
    return rate(places, ratings, games)


@pytest.mark.parametrize(
    ("table", "wanted"),
    [
        # Equals: half a K to the winner of two, a K at most whatever the number of opponents.
        ([(1, START, 0), (2, START, 0)], [16, -16]),
        ([(1, START, 0), (2, START, 0), (3, START, 0)], [16, 0, -16]),
        ([(1, START, 0), (2, START, 0), (3, START, 0), (4, START, 0)], [16, 5, -5, -16]),
        # Bots stood between them.
        ([(2, START, 0), (7, START, 0)], [16, -16]),
        # Half as fast after 30 games, each by their own count.
        ([(1, START, 29), (2, START, 30)], [16, -8]),
        ([(1, START, 30), (2, START, 31)], [8, -8]),
        # 400 better: ten times as likely to win (32 / 11 = 2.9).
        ([(1, 1400, 0), (2, 1000, 0)], [3, -3]),
        ([(2, 1400, 0), (1, 1000, 0)], [-29, 29]),
        # Ties count half.
        ([(1, START, 0), (1, START, 0)], [0, 0]),
        ([(1, 1400, 0), (1, 1000, 0)], [-13, 13]),
        ([(1, START, 0), (1, START, 0), (3, START, 0)], [8, 8, -16]),
        # Halves are rounded away from zero: the losers have 16 * 4.5 / 16 to pay.
        ([(1, START, 30)] * 9 + [(2, START, 30)] * 8, [4] * 9 + [-5] * 8),
    ],
)
def test_worked_examples(table: list[Player], wanted: list[int]) -> None:
    assert changes(table) == wanted


def test_nobody_is_rated_alone() -> None:
    with pytest.raises(ValueError, match="two players"):
        rate([1], [1000], [0])
    with pytest.raises(ValueError, match="two players"):
        rate([], [], [])
    with pytest.raises(ValueError, match="zip"):
        rate([1, 2], [1000], [0, 0])


@given(st.tuples(players, players))
def test_what_one_of_two_wins_the_other_loses(table: tuple[Player, Player]) -> None:
    first, second = ((place, rating, 0) for place, rating, _ in table)
    assert sum(changes([first, second])) == 0


@given(tables)
def test_among_equally_new_players_nothing_is_won_but_by_rounding(table: list[Player]) -> None:
    total = sum(changes([(place, rating, 5) for place, rating, _ in table]))
    assert abs(total) <= len(table) / 2


@given(tables)
def test_nobody_changes_by_more_than_k(table: list[Player]) -> None:
    for (_, _, games), change in zip(table, changes(table), strict=True):
        assert abs(change) <= (32 if games < 30 else 16)


@given(tables, st.integers(0, 7))
def test_a_better_place_is_never_worse_for_the_rating(table: list[Player], which: int) -> None:
    which %= len(table)
    place, rating, games = table[which]
    better = [*table[:which], (place - 1, rating, games), *table[which + 1 :]]
    assert changes(better)[which] >= changes(table)[which]


@given(tables)
def test_the_order_of_the_seats_does_not_matter(table: list[Player]) -> None:
    assert sorted(zip(table[::-1], changes(table[::-1]), strict=True)) == sorted(
        zip(table, changes(table), strict=True)
    )


def test_even_absurd_ratings_lead_to_numbers() -> None:
    for change in rate([1, 2], [-(10**9), 10**9], [0, 0]):
        assert math.isfinite(change)
    assert rate([2, 1], [-(10**9), 10**9], [0, 0]) == [0, 0]


def test_who_always_wins_rises_ever_more_slowly() -> None:
    champion, others = START, START
    steps = []
    for games in range(200):
        change, loss = rate([1, 2], [champion, others], [games, games])
        champion, others = champion + change, others + loss
        steps.append(change)
    assert steps[:30] == sorted(steps[:30], reverse=True)
    assert steps[-1] <= 1
    assert champion + others == 2 * START
