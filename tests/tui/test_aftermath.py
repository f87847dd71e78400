"""What is made of a finished game: its record, its line in the album, what decided it."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from app_pilot import AppPilot, app_at, playing_at
from memory_host import MemoryHost
from plain_reader import talking_at
from scripted_host import position
from whole_game import ANN_LOSES, ANN_WINS, dealt, place_with_album, play_to_the_end, promise, proof

from rachel.formats.document import read_document
from rachel.formats.record import GameRecord, verify
from rachel_tui.games.findings import Findings
from rachel_tui.keep import album
from rachel_tui.screens.help import HelpScreen
from rachel_tui.screens.result import ResultScreen


async def findings_of(app: AppPilot) -> Findings:
    """Wait for what the record of the finished game tells."""
    sitting = app.app.sitting
    assert sitting is not None
    await app.until(lambda: sitting.aftermath.findings)
    assert sitting.aftermath.findings is not None
    return sitting.aftermath.findings


def names_in(folder: Path) -> list[str]:
    """Return what is in a folder."""
    return [path.name for path in folder.iterdir()]


async def test_a_player_has_the_record_of_a_game_seen_from_the_deal_on(tmp_path: Path) -> None:
    host = dealt(ANN_WINS)
    async with playing_at(place_with_album(host, tmp_path)) as app:
        await app.until_prompt()
        play_to_the_end(host, ANN_WINS)
        await app.until_screen(ResultScreen)
        found = await findings_of(app)
        await app.until_text("Longest chain")
        assert "Hardest hit" in app.text()
        verify(found.record)
        assert found.record.places == (*host.game.finish_order, host.game.survivor)
        [file] = album.records(tmp_path / "games")
        assert read_document(file.read_bytes()) == found.record
        assert album.own_seat(file) == 0
    known = album.games(tmp_path / "games")
    [game] = known.games
    assert (game.where, game.me, game.names[0], game.turns) == ("memory", 0, "Ann", 64)
    played = [card for card in game.cards.values() if card]
    assert played
    assert not known.damaged


@pytest.mark.parametrize(("size", "shows"), [((80, 24), False), ((120, 36), True)])
async def test_what_happened_is_read_back_where_it_shows(
    tmp_path: Path, size: tuple[int, int], *, shows: bool
) -> None:
    host = dealt(ANN_WINS)
    async with playing_at(place_with_album(host, tmp_path), size=size) as app:
        await app.until_prompt()
        play_to_the_end(host, ANN_WINS)
        await app.until_screen(ResultScreen)
        await app.until_text("Longest chain")
        await app.press("question_mark")
        await app.until_screen(HelpScreen)
        assert ("read back what happened" in app.text()) is shows


async def test_where_a_record_is_saved_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "games").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path / "games")
    host = dealt(ANN_WINS)
    app = app_at(place_with_album(host, tmp_path))
    async with app.run_test(notifications=True) as pilot:
        seen = AppPilot(app, pilot)
        await seen.until_prompt()
        play_to_the_end(host, ANN_WINS)
        await findings_of(seen)
        await seen.until_text("Longest chain")
        await seen.press("s")
        await seen.until_text("One without a folder goes into your")
        assert "~/rachel-CAKE-" in seen.text()
        assert "home folder, ~. To look at it later: Replays at" in seen.text()
        assert "home, or in a" in seen.text()
        assert "rachel view FILE" in seen.text()
        await seen.press(*"won", "enter")
        await seen.until_screen(ResultScreen)
        await seen.until_text("Saved: ~/won")
        await seen.press("s", "enter")
        await seen.until_text("Saved: ~/rachel-CAKE-")
        await seen.press("s")
        await seen.until_text("-2.json")
    saved = [name for name in names_in(tmp_path) if name.startswith(("rachel", "won"))]
    assert len(saved) == 2
    assert album.place_of("./won") == "~/games/won"
    assert album.place_of("/nowhere/won") == "/nowhere/won"
    monkeypatch.setenv("HOME", "/elsewhere")
    assert album.place_of("won") == "~/won"
    assert album.place_of("./won") == str(tmp_path / "games" / "won")
    shutil.rmtree(tmp_path / "games")
    assert album.place_of("./won") == "won"


async def test_the_record_of_another_deal_than_the_promised_one_is_none(tmp_path: Path) -> None:
    host = dealt(ANN_LOSES)
    async with playing_at(place_with_album(host, tmp_path)) as app:
        await app.until_prompt()
        play_to_the_end(host, ANN_WINS)
        await app.until_text("WARNING: the deal was not fair: these are not the promised cards.")
        sitting = app.app.sitting
        assert sitting is not None
        await sitting.aftermath.close()
        assert sitting.aftermath.findings is None
    assert album.records(tmp_path / "games") == []
    assert len(album.games(tmp_path / "games").games) == 1


async def test_a_game_without_proof_is_counted_all_the_same(tmp_path: Path) -> None:
    host = MemoryHost(position("7H", "5C 6C", "", top="9H", finish_order=[2], turn=20))
    async with playing_at(place_with_album(host, tmp_path)) as app:
        await app.until_prompt()
        await app.press("enter")
        await app.until_text("You come second.")
        sitting = app.app.sitting
        assert sitting is not None
        await sitting.aftermath.close()
    [game] = album.games(tmp_path / "games").games
    assert (game.me, game.cards["7"], game.bots) == (1, 1, (2,))


async def test_a_replay_that_is_asked_for_at_once_waits_for_the_record(tmp_path: Path) -> None:
    host = dealt(ANN_WINS)
    async with talking_at(place_with_album(host, tmp_path)) as reader:
        await reader.hears("The cards are dealt. You start.")
        play_to_the_end(host, ANN_WINS)
        reader.type("replay")
        await reader.hears("Enter for the next step, or help.")
        assert "There is no record of this game." not in reader.said


async def test_plain_mode_tells_what_decided_the_game(tmp_path: Path) -> None:
    host = dealt(ANN_WINS)
    async with talking_at(place_with_album(host, tmp_path)) as reader:
        await reader.hears("The cards are dealt. You start.")
        play_to_the_end(host, ANN_WINS)
        offer = "Type again for another game, recap or replay for how it went, or quit."
        await reader.hears(offer)
        reader.type("recap")
        await reader.hears("Was attacked most: you. Attacked most: Cid.")
        await reader.hears("Lead: 4 changes of who had the fewest cards.")
        reader.type(
            "replay", "next", "quit", f"save {tmp_path}/game.json", f"SAVE {tmp_path}/game.json"
        )
        await reader.hears("You leave the replay.")
        assert any(line.startswith("Replay: Ann (you), ") for line in reader.said)
        assert reader.said[reader.said.index("You leave the replay.") + 1] == offer
        reader.type("hand")
        await reader.hears("Your hand is empty: you are out.")
        refused = "Error: there is such a file already: choose another name. "
        (advised,) = [line for line in reader.said if line.startswith(refused)]
        assert advised.startswith(f"{refused}Type save alone for ~/rachel-CAKE-")
    assert isinstance(read_document((tmp_path / "game.json").read_bytes()), GameRecord)


async def test_a_host_finds_the_record_of_a_game_of_which_turns_were_missed(
    tmp_path: Path,
) -> None:
    host = dealt(ANN_WINS)
    async with playing_at(place_with_album(host, tmp_path / "first")) as app:
        await app.until_prompt()
        play_to_the_end(host, ANN_WINS)
        record = (await findings_of(app)).record
    asked: list[int] = []

    async def find(game: object) -> object:
        asked.append(1)
        return json.loads(json.dumps(record.to_json()))

    late = dealt(ANN_WINS)
    for step in record.replay.steps[:60]:
        late.game.apply(step.action)
    place = replace(place_with_album(late, tmp_path / "second"), find_record=find)
    async with playing_at(place) as app:
        await app.until(lambda: app.app.sitting is not None and app.app.sitting.game_runs)
        late.send(*promise(ANN_WINS))
        for step in record.replay.steps[60:]:
            late.move(step.action)
        late.send(*proof(ANN_WINS))
        assert (await findings_of(app)).record == record
    assert asked
    [whole], [missed] = (album.games(tmp_path / it / "games").games for it in ("first", "second"))
    assert (missed.cards, missed.drawn) == (whole.cards, whole.drawn)


@pytest.mark.parametrize("cut", ["", "{", '{"at": 3}', "\xff", "[" * 3000])
def test_a_damaged_line_is_left_out_and_counted(tmp_path: Path, cut: str) -> None:
    line = (
        '{"at":"2026-11-27T08:00:00+00:00","where":"solo","names":["Ann","Bot Ada"],"bots":[1],'
        '"me":0,"cards":{"2":1},"drawn":3,"turns":20}'
    )
    file = tmp_path / "games.jsonl"
    file.write_bytes(f"{line}\n{cut}".encode("latin-1"))
    known = album.games(tmp_path)
    assert (len(known.games), known.damaged) == (1, bool(cut))
    album.add_game(tmp_path, known.games[0])
    known = album.games(tmp_path)
    assert (len(known.games), known.damaged) == (2, bool(cut))


def test_an_album_that_cannot_be_read_says_so_and_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "games.jsonl").mkdir()
    known = album.games(tmp_path)
    assert not known.games
    assert known.problem.startswith(f"cannot read {tmp_path / 'games.jsonl'}: ")


def test_only_so_many_records_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(album, "RECORDS_MAX", 3)
    vector = Path(__file__).parents[1] / "vectors" / "record.json"
    record = read_document(vector.read_bytes())
    assert isinstance(record, GameRecord)
    for day in range(1, 6):
        time = record.finished_at.replace(day=day)
        album.add_record(tmp_path, replace(record, finished_at=time, room="../A"), me=0)
    days = [file.name[8:10] for file in album.records(tmp_path)]
    assert days == ["05", "04", "03"]
    assert all(file.name.endswith("-A.json") for file in album.records(tmp_path))
