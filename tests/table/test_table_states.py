"""The states of a table: every way from one to another can be gone, and there is no other."""

import random
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeAlias

import pytest
from table_harness import Host, play_out, spoil, token_of
from table_positions import message_of

from rachel.rubp import Phase, SyncRequest, Welcome
from rachel_server.core.outcome import Outcome
from rachel_server.core.table import Table
from rachel_server.core.table_settings import TableSettings
from rachel_server.core.table_state import PHASES, TRANSITIONS
from rachel_server.core.table_state import TableEvent as Event
from rachel_server.core.table_state import TableState as State

ROOM: Final = "TEA42"


class WatchedHost(Host):
    """A host that notes which way each of its tables goes at each input."""

    def __init__(self) -> None:
        super().__init__(TableSettings(seats=2))
        self.mends = True
        self.gone: set[tuple[State, State]] = set()
        self._states: dict[Table, State] = {}

    def carry_out(self, outcome: Outcome, *, saved: int | None = None) -> None:
        """See where the tables stand now."""
        for table in {*self._states, *self.lobby.tables.values()}:
            before = self._states.get(table, table.state)
            if table.state is not before:
                self.gone.add((before, table.state))
            self._states[table] = table.state
        super().carry_out(outcome, saved=saved)


class Scene:
    """A table for two, where ANN waits."""

    def __init__(self) -> None:
        self.host = WatchedHost()
        self.links = [self.host.hello("ANN", room=ROOM, token=token_of(0))]
        self.table = self.host.table(ROOM)

    def bob_comes(self) -> None:
        self.links.append(self.host.hello("BOB", room=ROOM, token=token_of(1)))

    def ann_comes_back(self) -> None:
        self.links[0] = self.host.hello("ANN", token=token_of(0), game_id=self.table.game_id)

    def all_go(self) -> None:
        self.host.lose(*self.links)

    def all_stay_away(self) -> None:
        self.host.lose(*self.links)
        self.host.wait(600)

    def minutes_pass(self) -> None:
        self.host.wait(600)

    def the_game_is_played(self) -> None:
        play_out(self.host, self.table, [])

    def something_fails(self) -> None:
        spoil(self.table)
        self.host.begin(self.table)

    def the_game_is_back(self) -> None:
        self.host.mend()


Step: TypeAlias = Callable[[Scene], None]
DEALT: Final = (Scene.bob_comes,)
PAUSED: Final = (*DEALT, Scene.all_go)
FINISHED: Final = (*DEALT, Scene.the_game_is_played)
BROKEN: Final = (*DEALT, Scene.something_fails)
WAYS: dict[tuple[State, Event], tuple[Step, ...]] = {
    (State.WAITING, Event.DEALT): (Scene.bob_comes,),
    (State.WAITING, Event.TIME_OVER): (Scene.all_stay_away,),
    (State.WAITING, Event.ERROR): (Scene.something_fails,),
    (State.PLAYING, Event.ALL_LEFT): (*DEALT, Scene.all_go),
    (State.PLAYING, Event.GAME_OVER): (*DEALT, Scene.the_game_is_played),
    (State.PLAYING, Event.ERROR): (*DEALT, Scene.something_fails),
    (State.PAUSED, Event.SOMEBODY_CAME): (*PAUSED, Scene.ann_comes_back),
    (State.PAUSED, Event.TIME_OVER): (*PAUSED, Scene.minutes_pass),
    (State.PAUSED, Event.ERROR): (*PAUSED, Scene.something_fails),
    (State.FINISHED, Event.TIME_OVER): (*FINISHED, Scene.minutes_pass),
    (State.FINISHED, Event.ERROR): (*FINISHED, Scene.something_fails),
    (State.BROKEN, Event.RESTORED): (*BROKEN, Scene.the_game_is_back),
}
"""What happens from the start to the event."""


def test_every_way_is_tried_here() -> None:
    assert set(WAYS) == set(TRANSITIONS)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: "-".join(part.name for part in way))
def test_what_happens_takes_a_table_along_this_way(
    way: tuple[State, Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    *steps, last = WAYS[way]
    for is_there in (True, False):
        scene = Scene()
        for step in steps:
            step(scene)
        assert scene.table.state is way[0]
        if is_there:
            last(scene)
            assert scene.table.state is TRANSITIONS[way]
            continue
        monkeypatch.delitem(TRANSITIONS, way)
        scene.host.mends = False
        with pytest.raises(KeyError) as missing:
            last(scene)
        assert missing.value.args in ((way,), way), "and along no other; compiled, args are the key"


def test_a_table_never_goes_back() -> None:
    """Only a game that stood still goes on."""
    order = [State.WAITING, State.PLAYING, State.PAUSED, State.BROKEN, State.FINISHED, State.CLOSED]
    back = {way for way, goal in TRANSITIONS.items() if order.index(goal) <= order.index(way[0])}
    assert back == {(State.PAUSED, Event.SOMEBODY_CAME)}
    assert State.CLOSED not in {state for state, _ in TRANSITIONS}


@pytest.mark.parametrize(
    ("steps", "phase"),
    [
        ((), Phase.WAITING),
        (DEALT, Phase.PLAYING),
        (PAUSED, Phase.PLAYING),
        (BROKEN, Phase.PLAYING),
        (FINISHED, Phase.FINISHED),
        ((Scene.something_fails,), Phase.FINISHED),
    ],
)
def test_what_a_state_is_called_on_the_wire(steps: tuple[Step, ...], phase: Phase) -> None:
    scene = Scene()
    for step in steps:
        step(scene)
    state = scene.table.state
    assert (PHASES[state], scene.table.phase) == (phase, phase)
    if state not in (State.BROKEN, State.CLOSED):
        watcher = scene.host.hello("EVE", game_id=scene.table.game_id, watches=True)
        assert watcher.heard_of(Welcome)[0].phase is phase
        assert scene.table.state is state


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_a_table_goes_no_other_way(seed: int) -> None:
    rng = random.Random(seed)
    ways = {(state, goal) for (state, _), goal in TRANSITIONS.items()}
    gone: set[tuple[State, State]] = set()
    scene = Scene()
    for _ in range(400):
        host, table, links, before = scene.host, scene.table, scene.links, scene.table.state
        match rng.randrange(9):
            case 0:
                scene.bob_comes()
            case 1:
                scene.ann_comes_back()
            case 2:
                host.lose(rng.choice(links))
            case 3:
                host.wait(rng.choice((1, 20, 90, 600)))
            case 4:
                host.begin(table)
            case 5:
                host.say(rng.choice(links), SyncRequest(0))
            case 6 if before is not State.WAITING and before is not State.CLOSED:
                with suppress(LookupError):  # a bot's seat, or nobody's
                    host.leave(table, rng.randrange(2))
            case 7 if rng.random() < 0.1 and before is not State.BROKEN:
                scene.something_fails()
            case 8 if table.game is not None and table.state is State.PLAYING:
                game = host.game(table)
                host.say(rng.choice(links), message_of(game.legal_actions()[0]))
            case _:
                host.mend()
        gone |= host.gone
        if table.state is State.CLOSED:
            scene = Scene()
    assert gone <= ways
    assert len(gone) > 5
