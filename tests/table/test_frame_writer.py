"""FrameWriter: numbers, versions, and messages held back."""

import math

import pytest
from table_harness import Mailbox

from rachel.rubp import (
    HOST_ID,
    Announce,
    CardDrawn,
    HandSync,
    Heartbeat,
    TurnStart,
    decode,
    decode_frame,
)
from rachel.rules.view import PublicView, SeatView
from rachel_server.core.frames import FrameWriter


def links_of(*versions: int) -> list[Mailbox]:
    links = [Mailbox() for _ in versions]
    for link, version in zip(links, versions, strict=True):
        link.version = version
    return links


def test_numbers_are_consecutive_and_wrap_behind_ffff() -> None:
    writer = FrameWriter(7)
    (link,) = links_of(1)
    for _ in range(0x10002):
        writer.send(link, Heartbeat())
    numbers = [int.from_bytes(frame[6:8], "big") for _, frame in writer.take()]
    assert numbers == [*range(0x10000), 0, 1]


def test_a_broadcast_is_one_frame_per_version_with_one_number() -> None:
    writer = FrameWriter(7)
    links = links_of(1, 2, 1, 2)
    writer.broadcast(links, Announce("HI"))
    frames = writer.take()
    assert [link for link, _ in frames] == links
    assert frames[0][1] is frames[2][1]
    assert frames[1][1] is frames[3][1]
    headers = [decode_frame(data) for _, data in frames]
    assert {header.sequence for header in headers} == {0}
    assert [header.version for header in headers] == [1, 2, 1, 2]
    assert {header.player_id for header in headers} == {HOST_ID}
    assert {header.game_id for header in headers} == {7}


def test_a_broadcast_to_nobody_uses_up_no_number() -> None:
    writer = FrameWriter(7)
    (link,) = links_of(2)
    writer.broadcast([], Announce("HI"))
    writer.send(link, Heartbeat())
    ((_, frame),) = writer.take()
    assert decode_frame(frame).sequence == 0


def test_taking_empties_the_writer() -> None:
    writer = FrameWriter(7)
    (link,) = links_of(2)
    writer.send(link, Heartbeat())
    assert len(writer.take()) == 1
    assert writer.take() == []


def test_what_is_held_is_numbered_when_it_leaves() -> None:
    """Otherwise a link would see numbers go backwards, and a strict client drop the turn."""
    writer = FrameWriter(7)
    (link,) = links_of(2)
    writer.hold(link, TurnStart(0, 5), until=10.0)
    writer.send(link, Announce("HI"))
    writer.release(link)
    frames = [decode_frame(data) for _, data in writer.take()]
    assert [frame.sequence for frame in frames] == [0, 1]
    assert decode(frames[1]) == TurnStart(0, 5)


def test_held_messages_leave_in_time_once_or_never() -> None:
    writer = FrameWriter(7)
    early, late, gone = links_of(1, 1, 1)
    writer.hold(early, TurnStart(0, 1), until=10.0)
    writer.hold(late, TurnStart(0, 2), until=20.0)
    writer.hold(gone, TurnStart(0, 3), until=20.0)
    assert sorted(writer.release_times()) == [10.0, 20.0, 20.0]
    writer.release_due(9.99)
    assert writer.take() == []
    writer.release_due(10.0)
    assert [link for link, _ in writer.take()] == [early]
    writer.forget(gone)
    writer.release_due(math.inf)
    assert [link for link, _ in writer.take()] == [late]
    writer.release(late)
    writer.release_due(math.inf)
    assert writer.take() == []
    assert writer.release_times() == []


@pytest.mark.parametrize("count", [0, 1, 31, 32, 33, 51])
def test_a_hand_goes_out_whole(count: int) -> None:
    writer = FrameWriter(7)
    (link,) = links_of(2)
    hand = tuple(range(1, count + 1))
    public = PublicView(
        seats=2,
        current=0,
        direction=1,
        top=60,
        nominated_suit=None,
        pending_draws=0,
        pending_skips=0,
        deck_count=0,
        discard_count=1,
        hand_counts=(0, count),
        out=(False, False),
        finish_order=(),
        turn=9,
        seen=(60,),
        is_over=False,
    )
    writer.send_hand(link, SeatView(1, hand, public), 0xABCD)
    frames = [decode_frame(data) for _, data in writer.take()]
    messages = [decode(frame) for frame in frames]
    assert messages[0] == HandSync(hand[:32], 9, 0xABCD)
    assert messages[1:] == ([CardDrawn(hand[32:])] if count > 32 else [])
    assert {frame.player_id for frame in frames} == {1}
