"""Names at one table: unique, harmless, and a bot's only for bots."""

import pytest
from table_harness import Host

from rachel.rubp import HOST_ID, TEXT_MAX, Announce, Hello, Phase, PlayerName, encode
from rachel_server.core.names import BOT_NAMES, Names, bot_name, marked, unique_name
from rachel_server.core.table_settings import TableSettings


def shown(host: Host) -> list[str]:
    return host.table("TEA42").seats.names


def test_a_second_ann_is_ann_2() -> None:
    host = Host(TableSettings(seats=8))
    links = [host.hello("ANN", room="TEA42") for _ in range(4)]
    assert shown(host) == ["ANN", "ANN 2", "ANN 3", "ANN 4"]
    assert links[3].heard_of(PlayerName)[-1] == PlayerName(3, "ANN 4")
    assert links[0].heard_of(PlayerName)[-1] == PlayerName(3, "ANN 4")


def test_names_that_differ_in_case_alone_are_told_apart() -> None:
    assert unique_name("ann", ["ANN"]) == "ann 2"
    assert unique_name("ann", ["ANN", "Ann 2"]) == "ann 3"


def test_names_that_look_alike_are_told_apart() -> None:
    assert unique_name("B1LL", ["bill"]) == "B1LL 2"
    assert unique_name("A N N", ["ann"]) == "A N N 2"


@pytest.mark.parametrize("length", [13, 14, 15])
def test_a_long_name_is_cut_for_its_number(length: int) -> None:
    name = "ABCDEFGHIJKLMNO"[:length]
    second = unique_name(name, [name])
    assert second == "ABCDEFGHIJKLM 2"
    assert unique_name(name, [name, second]) == "ABCDEFGHIJKLM 3"


def test_a_space_before_the_number_is_not_doubled() -> None:
    assert unique_name("ABCDEFGHIJKL NO", ["ABCDEFGHIJKL NO"]) == "ABCDEFGHIJKL 2"


def test_somebody_without_a_name_gets_one() -> None:
    host = Host()
    for name in ("", "   "):
        host.hello(name, room="TEA42")
    assert shown(host) == ["Player", "Player 2"]


HOSTILE = [
    b"\x1b[31mRED\x07",
    b"A\r\nB\tC",
    b"\xff\xfe\x80\x9b31m",
    b"[link=x]a[/]",
    b"\0HIDDEN",
    b" \x7f \x01 ",
    b"%s%n{0}",
    b"ABCDEFGHIJKLMNOP",
]


@pytest.mark.parametrize("raw", HOSTILE)
def test_hostile_names_reach_nobody_as_they_are(raw: bytes) -> None:
    host = Host()
    ann = host.hello("ANN", room="TEA42")
    ann.heard()
    frame = bytearray(
        encode(Hello("X", room="TEA42"), version=1, sequence=0, player_id=HOST_ID, game_id=0)
    )
    frame[16:32] = raw.ljust(16, b"\0")[:16]
    host.receive(host.connect(), bytes(frame))
    (told,) = ann.heard_of(PlayerName)
    assert told.name.isprintable()
    assert told.name.isascii()
    assert 1 <= len(told.name) <= 15
    assert told.name == told.name.strip()
    assert told.name == shown(host)[1]


@pytest.mark.parametrize(
    "wanted",
    [
        *("You", "YOU", "y o u", "Ｙｏｕ", "Y0U", "you:", "Host: Ann wins", "H0st", "the host"),
        *("Bot Ada", "BOT ADA", "bot  ada", "B0t Ada", "Bot_Ada", "Bot 2", "BotAda", "B0tLeo2"),
        *("admin", "Admin2", "adm1n", "ADMlN", "@dmin", "a.d.m.i.n", "Ann (admin)", "moderator"),
        *("mod", "System", "5ystem", "bobby", "BOBBY", "b o b b y", "B0bby", "bóbby", "bobby!"),
    ],
)
def test_a_guest_who_speaks_with_anothers_voice_is_marked(wanted: str) -> None:
    names = Names()
    names.register("Bobby", "carol")
    called = names.for_guest(wanted)
    assert called == marked(wanted)
    assert called.startswith("Guest ")
    assert len(called) <= 20
    assert names.for_guest(called) == called
    assert not names.is_free(wanted)


@pytest.mark.parametrize(
    "name",
    ["ANN", "Robot", "Model", "Youssef", "Hostess", "bobby 2", "Rachel", "Guest", "...", "5"],
)
def test_other_guests_are_called_as_they_like(name: str) -> None:
    names = Names()
    names.register("bobby")
    assert names.for_guest(name) == name


def test_an_account_that_is_gone_leaves_its_name_and_not_its_look_alikes() -> None:
    names = Names()
    names.register("bill", "bi11", "carol")
    names.release("bill")
    names.release("carol")
    assert names.for_guest("BILL") == "Guest BILL"
    assert names.for_guest("carol") == "carol"
    assert names.is_free("carol")


@pytest.mark.parametrize("name", ["Rascal", "xXrasca1Xx", "R.A.S.C.A.L", "you rascal"])
def test_a_name_with_a_word_that_the_host_forbids_is_nobodys(name: str) -> None:
    names = Names(["Rascal", "Sheriff"])
    assert names.for_guest(name) == "Guest"
    assert not names.is_free(name)
    assert names.for_guest("Ann") == "Ann"


def test_no_account_is_called_like_a_marked_guest() -> None:
    assert not Names().is_free("GuestBobby")


def test_everybody_is_told_the_marked_name_and_no_other() -> None:
    host = Host(TableSettings(seats=2, turn_time_s=20))
    host.house.names.register("bobby")
    ann = host.hello("ANN", room="TEA42")
    bob = host.hello("BOBBY", room="TEA42")
    assert shown(host) == ["ANN", "Guest BOBBY"]
    table = host.table("TEA42")
    for link in (ann, bob):
        assert PlayerName(1, "Guest BOBBY") in link.heard()
    while table.phase is not Phase.FINISHED:
        host.wait(1)
    host.hello("BOBBY", room="TEA42", link=bob)
    assert Announce("Guest BOBBY plays again in room TEA42") in ann.heard()


def test_no_number_makes_a_bot_of_a_person() -> None:
    host = Host(TableSettings(seats=3))
    for _ in range(3):
        host.hello("Bot", room="TEA42")
    assert shown(host) == ["Guest Bot", "Guest Bot 2", "Guest Bot 3"]


def test_bots_have_names_of_their_own() -> None:
    host = Host(TableSettings(seats=8))
    for name in ("Bot Ada", "bot max", "Ida"):
        host.hello(name, room="TEA42")
    host.wait(10)
    names = [name.casefold() for name in shown(host)]
    assert len(set(names)) == 8
    assert [name.startswith("bot ") for name in names] == [False] * 3 + [True] * 5
    assert "bot ida" not in names


def test_there_are_enough_names_for_bots() -> None:
    assert len(BOT_NAMES) >= 8
    assert len({bot_name([]), *BOT_NAMES}) == len(BOT_NAMES) + 1


def test_a_name_of_many_bytes_still_fits_its_frame() -> None:
    name = unique_name("日本語" * 20, [])
    assert 1 <= len(name.encode()) <= TEXT_MAX
    again = unique_name(name, [name])
    assert again != name
    assert len(again.encode()) <= TEXT_MAX
