"""Values that do not fit a message are refused, never cut to size."""

import pytest

from rachel.rubp import (
    ActionKind,
    Announce,
    CardDrawn,
    DrawCard,
    Error,
    ErrorCode,
    GameStart,
    GameState,
    HandSync,
    Hello,
    Message,
    Phase,
    PlayCard,
    PlayerEntry,
    PlayerList,
    PlayerName,
    PlayerWon,
    SyncRequest,
    TurnEnd,
    TurnStart,
    Welcome,
)


@pytest.mark.parametrize(
    "message",
    [
        Hello("A" * 16),
        Hello("Zoë"),
        Hello("a\x1b"),
        Hello("A", platform=65536),
        Hello("A", spec=-1),
        Hello("A", token=bytes(7)),
        Hello("A", look=bytes(4)),
        Hello("A", room="A" * 9),
        Hello("A", room="A B"),
        Hello("A", room="É"),
        Hello("A", capabilities=256),
        Welcome(65536, 0, 0, Phase.WAITING),
        Welcome(0, 0, 256, Phase.WAITING),
        Welcome(0, 0, 0, Phase.WAITING, capabilities=256),
        GameStart((2,) * 33),
        GameStart((256,)),
        PlayCard((-1,)),
        PlayCard((2,) * 33),
        PlayCard((2,), nominated_suit=4),
        PlayCard((2,), nominated_suit=255),
        PlayCard((2,), observed_hash=1 << 64),
        DrawCard(256),
        DrawCard(count=-1),
        CardDrawn((2,) * 33),
        GameState(0, -1, 2, None, 0, 0, 0, (), False, None, 0),
        GameState(0, 0, 2, None, 256, 0, 0, (), False, None, 0),
        GameState(0, 0, 2, None, 0, 0, 0, (1,) * 9, False, None, 0),
        GameState(0, 0, 2, None, 0, 0, 0, (256,), False, None, 0),
        GameState(0, 0, 2, None, 0, 0, 0, (), False, 255, 0),
        GameState(0, 0, 2, None, 0, 0, 0, (), False, None, 1 << 32),
        GameState(0, 0, 2, None, 0, 0, 0, (), False, None, 0, finish_order=(255,)),
        GameState(0, 0, 2, None, 0, 0, 0, (), False, None, 0, out_mask=1, extended=False),
        TurnStart(256, 0),
        TurnStart(0, 0, state_hash=-1),
        TurnEnd(0, ActionKind.PLAY, (2,) * 5, None, 0, 0, 0),
        TurnEnd(0, ActionKind.PLAY, (2,), None, 0, 0, 0, finish_position=255),
        TurnEnd(0, ActionKind.PLAY, (2,), None, 0, 0, 0, survivor=255),
        PlayerWon(256, 0),
        PlayerWon(0, 0, attack_dealt=(1,)),
        PlayerWon(0, 0, attack_dealt=(1,) * 9, attack_taken=(1,)),
        Error(ErrorCode.UNKNOWN, (2,) * 33),
        PlayerList((PlayerEntry(0, 0),) * 9),
        PlayerList((PlayerEntry(256, 0),)),
        PlayerList((PlayerEntry(0, 65536),)),
        PlayerList((PlayerEntry(0, 0, bytes(2)),)),
        PlayerList((), capabilities=256),
        PlayerList((), watchers=256),
        Announce("a\0b"),
        Announce("\ud800"),
        PlayerName(256, "A"),
        PlayerName(0, "a\0b"),
        HandSync((2,) * 33, 0),
        HandSync((), -1),
        SyncRequest(1 << 32),
    ],
)
def test_values_that_do_not_fit_are_not_cut(message: Message) -> None:
    with pytest.raises(ValueError, match=r"\w+"):
        message.pack()


def test_a_misfit_is_named() -> None:
    with pytest.raises(ValueError, match=r"TURN_START turn -1 does not fit"):
        TurnStart(0, -1).pack()
