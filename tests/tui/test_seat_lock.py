"""A seat that is kept is played from one terminal, and by the person whose it is."""

from dataclasses import replace
from pathlib import Path

import pytest
from plain_reader import HOST_KEY, talking_at
from table_host import hosting

from rachel.rules.game import Game
from rachel_tui.keep import saved_seat
from rachel_tui.keep.saved_seat import SavedSeat
from rachel_tui.keep.seat_lock import SeatInUse, SeatLock
from rachel_tui.place import Place


def test_one_terminal_holds_a_seat_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "new" / "seats.json"
    first = SeatLock(path, "host")
    other = SeatLock(path, "other host")
    with pytest.raises(SeatInUse):
        SeatLock(path, "host")
    first.release()
    SeatLock(path, "host").release()
    other.release()


async def test_a_second_terminal_sits_down_as_somebody_else(tmp_path: Path) -> None:
    async with hosting(Game.deal(2, 1)) as host:
        place = Place("127.0.0.1", host.port, HOST_KEY, tmp_path / "seats.json")
        saved_seat.save(place.seats_path, SavedSeat(HOST_KEY, 7, bytes(range(1, 9)), "Ann", ""))
        before = place.seats_path.read_bytes()
        held = SeatLock(place.seats_path, HOST_KEY)
        async with talking_at(place) as reader:
            await reader.hears(
                "Another terminal here plays from your seat: you sit down as somebody else."
            )
            await reader.hears("You have a seat.")
        held.release()
    assert place.seats_path.read_bytes() == before


async def test_a_name_that_is_asked_for_is_never_anothers_seat(tmp_path: Path) -> None:
    async with hosting(Game.deal(2, 1)) as host:
        place = Place("127.0.0.1", host.port, HOST_KEY, tmp_path / "seats.json")
        mum = SavedSeat(HOST_KEY, 7, bytes(range(1, 9)), "Mum", "")
        saved_seat.save(place.seats_path, mum)
        async with talking_at(replace(place, named=True)) as reader:
            await reader.hears("The seat kept here is Mum's; you sit down as Ann.")
            await reader.hears("You have a seat.")
    assert saved_seat.load(place.seats_path, HOST_KEY) == mum
    assert saved_seat.load(place.seats_path, f"{HOST_KEY} as Ann") is not None
