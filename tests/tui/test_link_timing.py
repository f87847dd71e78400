"""Heartbeats, patience and pauses, on a clock that is passed in."""

from rachel_tui.net.link_timing import LinkTiming, Pulse


def test_pauses_double_up_to_a_limit() -> None:
    timing = LinkTiming()
    pauses = [timing.pause_s(attempt) for attempt in (0, 1, 2, 3, 4, 5, 6, 100_000)]
    assert pauses == [0.25, 0.25, 0.5, 1.0, 2.0, 4.0, 5.0, 5.0]


def test_a_host_has_ten_seconds_to_welcome_us() -> None:
    pulse = Pulse(LinkTiming(), now=100.0)
    assert (pulse.wakes_at, pulse.lost_at) == (110.0, 110.0)
    assert [pulse.is_lost(now) for now in (100.0, 109.9, 110.0)] == [False, False, True]


def test_each_word_of_the_host_is_good_for_thirty_seconds() -> None:
    pulse = Pulse(LinkTiming(), now=0.0)
    for now in (1.0, 30.0, 59.0):
        assert not pulse.is_lost(now)
        pulse.hear(now)
    assert [pulse.is_lost(now) for now in (88.9, 89.0)] == [False, True]


def test_heartbeats_come_every_ten_seconds_and_never_in_bursts() -> None:
    pulse = Pulse(LinkTiming(), now=0.0)
    pulse.hear(0.0)
    assert [pulse.beats(now) for now in (9.9, 10.0, 10.1, 19.9, 20.0)] == [
        False,
        True,
        False,
        False,
        True,
    ]
    assert pulse.wakes_at == 30.0
    assert [pulse.beats(now) for now in (57.0, 57.1)] == [True, False]
    assert pulse.lost_at == pulse.wakes_at == 30.0
