"""Playing with friends in lines: hosts, their lobbies, logging in, and tables of one's own."""

from collections.abc import Callable, Coroutine
from pathlib import Path

from accounts_harness import PASSWORD
from api_client import api_on
from api_stand_in import answer, api_stand_in, refusal
from databases import SqliteDatabase
from http_server import http_server
from plain_reader import PlainReader, talking_to
from tcp_player import TcpPlayer

from rachel_server.core.table_settings import TableSettings
from rachel_tui.home import Home
from rachel_tui.hosts import Hosts, Unplayable
from rachel_tui.keep.hosts import load_all
from rachel_tui.place import Place
from rachel_tui.plain.home import HomeLines
from rachel_tui.plain.lines import Lines

PATIENT = TableSettings(seats=4, start_delay_s=3600.0, bot_delay_s=0.0, turn_time_s=None)
"""Nobody comes unless a test says so."""
GUEST = (
    "Type play for a free seat, join CODE (a new code opens a room), watch CODE, open for a table "
    "of your own, login (for ratings), register for an account, Enter to ask again, or back."
)
OWN = (
    "Type play for a free seat, join CODE (a new code opens a room), watch CODE, "
    "open for a table of your own, logout, Enter to ask again, or back."
)


def hosts_in(folder: Path) -> Hosts:
    """Return the hosts of a player whose files are in a folder."""
    return Hosts(folder / "hosts.json", folder / "seats.json", folder / "logins.json")


def at_home(hosts: Hosts) -> Callable[[Lines, Callable[[str], None]], Coroutine[None, None, int]]:
    """Return what talks with a player at home who knows some hosts."""
    return lambda lines, say: HomeLines(Home(nowhere, lambda: None, hosts), "Ann", say).run(lines)


def nowhere() -> Place:
    """Refuse a solo game."""
    raise Unplayable("not here")


async def goes_home(reader: PlainReader) -> None:
    """Go back from a lobby by the question for a host."""
    reader.type("back", "back", "quit")
    assert await reader.ends() == 0


async def test_an_account_logs_in_and_opens_a_table(tmp_path: Path) -> None:
    hosts = hosts_in(tmp_path)
    async with api_on(SqliteDatabase(tmp_path / "rachel.db"), table=PATIENT) as api:
        await api.register("ann_1")
        async with talking_to(at_home(hosts)) as reader:
            reader.type("friends", f"http://localhost:{api.served.port}")
            await reader.hears(GUEST)
            reader.type("login", "ann_1", "wrong password")
            await reader.hears("Error: The name or the password is wrong: try again.")
            reader.type("login", "ann_1", PASSWORD)
            await reader.hears("You play as ann_1.")
            await reader.hears(OWN)
            assert reader.hidden == 2
            reader.type("open", "9", "2", "help", "1", "beginner", "none", "")
            await reader.hears("How many of these are bots? Type 0 to 1, or press Enter for 0.")
            await reader.hears("You have a seat.")
            assert PASSWORD not in "".join(reader.said)
            assert sum(line.startswith("How many seats?") for line in reader.said) == 2
            assert "You play as ann_1, logged in at localhost." in reader.said
            reader.type("quit", "logout")
            await goes_home(reader)
            assert reader.said.count("You come as a guest.") == 3
    (visit,) = load_all(hosts.hosts_path)
    assert (visit.address, visit.name) == (f"http://localhost:{api.served.port}", "ann_1")


async def test_a_guest_opens_a_table_for_two(tmp_path: Path) -> None:
    async with (
        http_server(tmp_path, table=PATIENT) as served,
        talking_to(at_home(hosts_in(tmp_path))) as reader,
    ):
        reader.type("friends", f"http://localhost:{served.port}", "open", "2", "", "", "", "")
        await reader.hears("You have a seat.")
        assert served.server._runtime is not None
        (table,) = served.server._runtime.house.lobby.tables.values()
        assert (table.settings.seats, table.public, table.seats.people) == (2, False, 1)
        reader.type("quit")
        await goes_home(reader)


async def test_a_host_that_opens_tables_for_accounts_only_is_told_of_in_a_line(
    tmp_path: Path,
) -> None:
    def reply(request: str) -> bytes:
        if request.startswith("POST"):
            return refusal(401, "login_required")
        return answer(200, {"name": "rachel", "items": []})

    async with api_stand_in(reply) as host, talking_to(at_home(hosts_in(tmp_path))) as reader:
        reader.type("friends", str(host.url), "open", "2", "", "", "", "")
        await reader.hears(
            "Error: this host opens such tables for accounts only: log in first, or join a new "
            "code, which opens a room."
        )
        await goes_home(reader)


async def test_who_watches_is_asked_for_a_name_when_they_sit_down(tmp_path: Path) -> None:
    bob, names = TcpPlayer("BOB", room="TEA42", plays=False), list[str]()
    async with http_server(tmp_path, table=PATIENT) as served:
        await bob.connect(served.server.rubp_ports[0])
        await bob.until_seated()

        def begin(lines: Lines, say: Callable[[str], None]) -> Coroutine[None, None, int]:
            home = Home(nowhere, lambda: None, hosts_in(tmp_path))
            return HomeLines(home, "Ann", say, keep_name=names.append).run(lines)

        async with talking_to(begin) as reader:
            reader.type("friends", f"http://localhost:{served.port}", "watch tea42")
            await reader.hears("You are watching.")
            assert names == []
            reader.type("sit", "Eve")
            await reader.hears("Table TEA42, with BOB. Type start to begin at once.")
            assert names == ["Eve"]
            reader.type("quit")
            await goes_home(reader)
    bob.cut()


async def test_an_account_is_made_and_what_the_host_refuses_is_asked_for_again(
    tmp_path: Path,
) -> None:
    async with api_on(SqliteDatabase(tmp_path / "rachel.db"), table=PATIENT) as api:
        await api.register("ann_1")
        async with talking_to(at_home(hosts_in(tmp_path))) as reader:
            reader.type("friends", f"http://localhost:{api.served.port}", "register")
            where = f"localhost:{api.served.port}"
            await reader.hears(f"Your username at {where}: 3 to 20 letters, digits or underscores.")
            wrong = (PASSWORD, f"{PASSWORD}!")
            reader.type("", "ann_1", "bob@example.org", *wrong, PASSWORD, PASSWORD)
            await reader.hears("Error: That username is taken: choose another.")
            reader.type("bob_1")
            await reader.hears(
                "Your e-mail address, which is shown to nobody. No mail is sent: this host hands "
                "out the link that makes the account."
            )
            await reader.hears(
                "This server sends no mail: its host has the link, so ask them for it. "
                "After that, log in here."
            )
            assert PASSWORD not in "".join(reader.said)
            assert "That is not the same password: type it again." in reader.said
            token = await api.link_token("/account/confirm")
            await api.good("POST", "/accounts/confirm", {"token": token})
            reader.type("login", "bob_1", PASSWORD)
            await reader.hears("You play as bob_1.")
            assert reader.hidden == 2


async def test_questions_can_be_left_and_wrong_answers_are_told(tmp_path: Path) -> None:
    async with (
        http_server(tmp_path, table=PATIENT) as served,
        talking_to(at_home(hosts_in(tmp_path))) as reader,
    ):
        reader.type("friends", "exa mple", served.url)
        await reader.hears(GUEST)
        reader.type("join no way", "back", "watch", "", "back", "login", "back", "tea42")
        reader.type("join tea42")
        await reader.hears("Table TEA42. Type start to begin at once.")
        reader.type("quit")
        await goes_home(reader)
    assert reader.said.count("A room code is 1 to 8 letters and digits.") == 2
    assert reader.said.count(GUEST) == 6
    assert any(line.startswith("'exa mple' is not an address") for line in reader.said)


async def test_public_tables_are_told_with_who_is_there(tmp_path: Path) -> None:
    ann = TcpPlayer("ANN", plays=False)
    async with (
        http_server(tmp_path, table=PATIENT) as served,
        talking_to(at_home(hosts_in(tmp_path))) as reader,
    ):
        await ann.connect(served.server.rubp_ports[0])
        await ann.until_seated()
        reader.type("friends", served.url)
        await reader.hears(f"1: {ann.session.room}, waiting, 3 free seats: ANN.")
        await goes_home(reader)


async def test_the_link_of_a_table_leads_there(tmp_path: Path) -> None:
    async with (
        http_server(tmp_path, table=PATIENT) as served,
        talking_to(at_home(hosts_in(tmp_path))) as reader,
    ):
        reader.type("friends", f"{served.url}/t/cake")
        await reader.hears("Table CAKE. Type start to begin at once.")
        await reader.hears(f"Friends come by: {served.url}/t/CAKE")
        assert GUEST not in reader.said
        reader.type("quit")
        await goes_home(reader)


async def test_without_http_a_game_can_be_had_all_the_same(tmp_path: Path) -> None:
    hosts = hosts_in(tmp_path)
    hosts.remember("127.0.0.1:1", "Bob", tls=False)
    async with talking_to(at_home(hosts)) as reader:
        await reader.hears("Rachel. Type a number or a word:")
        reader.type("friends", "1")
        await reader.hears(
            "Games may be there all the same: try play. If not, is the address right?"
        )
        assert "1: 127.0.0.1:1, today as Bob." in reader.said
        reader.type("play")
        await reader.hears("Error: cannot reach 127.0.0.1:1: Connection refused.")


async def test_why_a_host_does_not_say_who_plays_there(tmp_path: Path) -> None:
    async with talking_to(at_home(hosts_in(tmp_path))) as reader:
        reader.type("friends", "http://127.0.0.1:1", "login", "7h\x1b")
        await reader.hears("That needs the pages of the host, which do not answer.")
        await reader.hears("'7h\\x1b' is no choice here.")
        await reader.hears(
            "The host does not say who plays there: "
            "cannot reach http://127.0.0.1:1: Connection refused."
        )
        await goes_home(reader)


async def test_a_name_that_leads_to_no_machine_is_told_and_asked_for_again(tmp_path: Path) -> None:
    async with talking_to(at_home(hosts_in(tmp_path))) as reader:
        reader.type("friends", "nosuch.invalid", "back", "quit")
        assert await reader.ends() == 0
    (told,) = [line for line in reader.said if line.startswith("Error: ")]
    assert told.startswith("Error: cannot find nosuch.invalid: ")
    assert told.endswith(". Check how it is written, and whether this machine is online.")
    assert sum(line.startswith("Which host?") for line in reader.said) == 2


async def test_hosts_are_told_again_and_words_of_a_host_are_no_host(tmp_path: Path) -> None:
    hosts = hosts_in(tmp_path)
    hosts.remember("127.0.0.1:1", "Bob", tls=False)
    async with talking_to(at_home(hosts)) as reader:
        reader.type("friends", "watch", "join TEA42", "", "help", "back", "quit")
        assert await reader.ends() == 0
    assert reader.said.count("1: 127.0.0.1:1, today as Bob.") == 3
    assert "First say which host: watch is for what is there." in reader.said
    assert "First say which host: join is for what is there." in reader.said
    assert not any(line.startswith("Asking who plays") for line in reader.said)


async def test_a_seat_that_is_kept_is_offered_and_one_given_up_is_not(tmp_path: Path) -> None:
    hosts = hosts_in(tmp_path)
    async with (
        http_server(tmp_path, table=PATIENT) as served,
        talking_to(at_home(hosts)) as reader,
    ):
        reader.type("friends", served.url, "join tea42")
        await reader.hears("Table TEA42. Type start to begin at once.")
        reader.said.clear()
        reader.type("back")
        await reader.hears(GUEST)
        assert hosts.left_game() is None
        reader.type("join cake")
        await reader.hears("Table CAKE. Type start to begin at once.")
        reader.type("start")
        await reader.hears("Get rid of your cards: match suit or rank of the top card.")
        reader.type("quit")
        await reader.hears("You leave the table. Your seat is kept.")
        await reader.hears(GUEST.replace("for a free seat", "to go on at table CAKE"))
        reader.type("play")
        await reader.hears("You are back at your seat.")
        reader.type("quit")
        await goes_home(reader)
