"""In the lobby of a host: making an account there, and opening a table of one's own."""

from pathlib import Path

import pytest
from accounts_harness import PASSWORD
from api_client import api_on
from api_stand_in import answer, api_stand_in
from app_pilot import AppPilot
from databases import SqliteDatabase
from friends_pilot import PATIENT, among_friends, begin_login, hosts_in, keys, type_host

from rachel_tui.net.lobby import visit_lobby
from rachel_tui.screens.ask import AskScreen
from rachel_tui.screens.commands import CommandsScreen
from rachel_tui.screens.game_questions import SeatQuestion
from rachel_tui.screens.lobby import LobbyScreen
from rachel_tui.screens.new_table import NewTableScreen
from rachel_tui.screens.table import TableScreen
from rachel_tui.screens.waiting import WaitingScreen
from rachel_tui.words.account import ADDRESS, question


async def open_for_two(app: AppPilot) -> None:
    """Open a table with two seats in the lobby."""
    await app.press("o")
    await app.until_screen(NewTableScreen)
    await app.press("left", "left", "enter")
    await app.until_screen(WaitingScreen)
    await app.until_text("1 seat of 2 free.")


async def test_an_account_opens_a_table_and_starts_it(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "rachel.db")
    async with api_on(database, table=PATIENT) as api:
        await api.register("ann_1")
        async with among_friends(hosts_in(tmp_path)) as app:
            await begin_login(app, f"http://localhost:{api.served.port}")
            await app.press(*"ann_1", "enter")
            await app.until_text("The password of ann_1")
            await app.press(*"no", "enter")  # what is wrong is said where it can be mended
            await app.until_text("The name or the password is wrong")
            await app.until_screen(AskScreen)
            await app.press("ctrl+u", *keys(PASSWORD), "enter")
            await app.until_text("You play as ann_1.")
            await open_for_two(app)
            await app.press("s")
            await app.until_screen(TableScreen)


async def test_a_guest_opens_a_table_for_two(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "rachel.db")
    async with (
        api_on(database, table=PATIENT) as api,
        among_friends(hosts_in(tmp_path)) as app,
    ):
        await type_host(app, f"http://localhost:{api.served.port}")
        await app.until_screen(LobbyScreen)
        await app.until_text("Open a table")
        await open_for_two(app)


async def test_an_account_is_made_and_what_was_typed_stays_when_it_is_refused(
    tmp_path: Path,
) -> None:
    async with api_on(SqliteDatabase(tmp_path / "rachel.db"), table=PATIENT) as api:
        await api.register("ann_1")
        async with among_friends(hosts_in(tmp_path), (120, 36)) as app:
            await type_host(app, f"http://localhost:{api.served.port}")
            await app.until_screen(LobbyScreen)
            await app.until_text("New account")
            await app.press(*["down"] * 5)
            await app.until_words("No mail is sent: this host hands out the link")
            await app.press("enter")
            await app.until_text("digits or underscores.")
            await app.press(*"ann_1", "enter")
            await app.until_text("mail is sent: this host hands out the link that")
            await app.press(*keys("bob@example.org"), "enter")
            await app.until_text("A password for the account")
            await app.press(*keys(PASSWORD), "enter")
            await app.until_text("The same password again:")
            await app.press("x", "enter")
            await app.until_text("That is not the same password")
            await app.press("ctrl+u", *keys(PASSWORD), "enter")
            await app.until_text("That username is taken: choose another.")
            await app.press("escape")
            await app.until_screen(LobbyScreen)
            await app.press("n")
            await app.until_screen(AskScreen)
            await app.press(*"bob_1", "enter")
            await app.until_text("bob@example.org")
            await app.press("enter")
            await app.until_text("A password for the account")
            await app.press(*keys(PASSWORD), "enter")
            await app.until_text("The same password again:")
            await app.press(*keys(PASSWORD), "enter")
            await app.until_text("After that, log in here.")
            assert PASSWORD not in app.text()
        token = await api.link_token("/account/confirm")
        await api.good("POST", "/accounts/confirm", {"token": token})


@pytest.mark.parametrize(
    ("said", "words"),
    [({}, "A mail"), ({"sends_mail": True}, "A mail"), ({"sends_mail": False}, "No mail")],
    ids=["nothing", "mails", "no mails"],
)
async def test_a_mail_is_promised_unless_the_host_sends_none(
    said: dict[str, bool], words: str
) -> None:
    server = {"name": "rachel", "rubp_ports": [1982], **said}
    async with api_stand_in(
        lambda asked: answer(200, server if "/server" in asked else {"items": []})
    ) as host:
        lobby = await visit_lobby([host.url])
    told = question(ADDRESS, "here", sends_mail=lobby.sends_mail)
    assert told.startswith(f"Your e-mail address, which is shown to nobody. {words} ")


@pytest.mark.parametrize("theme", ["dark", "terminal"])
async def test_on_a_narrow_screen_a_question_stands_alone(tmp_path: Path, theme: str) -> None:
    """The frame of the list below is as wide as that of the question."""
    async with among_friends(hosts_in(tmp_path), (60, 20)) as app:
        app.app.change(theme=theme)
        await app.until_text("enter Choose")
        for key, screen in (("o", AskScreen), ("colon", CommandsScreen)):
            await app.press(key)
            await app.until_screen(screen)
            await app.until(lambda: "enter Choose" not in app.text(), "a question alone")
            await app.press("escape")
            await app.until_text("enter Choose")
        app.app.push_screen(SeatQuestion("CAKE", "TEA42"))
        await app.until_text("Give up your seat?")
        assert "enter Choose" not in app.text()
