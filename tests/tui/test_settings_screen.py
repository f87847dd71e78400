"""The screen of settings: what is changed shows at once, everywhere, and is kept."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from app_pilot import ENVIRONMENT, AppPilot, app_at, place_of, playing
from scripted_host import position
from table_host import TableHost, any_game, hosting
from textual.widgets import Input
from textual.widgets._toast import Toast

from rachel.rubp import Hello
from rachel_tui.app import RachelApp
from rachel_tui.dressed import Outfit
from rachel_tui.home import Home
from rachel_tui.hosts import Unplayable
from rachel_tui.keep.settings import NO_NAME, SETTINGS, Settings
from rachel_tui.keep.settings_file import FileSettings, read_file, write_file
from rachel_tui.place import Place
from rachel_tui.screens.ask import AskScreen
from rachel_tui.screens.help import HelpScreen
from rachel_tui.screens.home import HomeScreen
from rachel_tui.screens.name import NameScreen
from rachel_tui.screens.result import ResultScreen
from rachel_tui.screens.settings import SettingsScreen
from rachel_tui.screens.table import TableScreen
from rachel_tui.widgets.hand import HandView
from rachel_tui.widgets.setting_rows import SettingRows
from rachel_tui.widgets.status import AdviceLine, TurnLine
from rachel_tui.widgets.table_picture import TablePicture


async def opened(app: AppPilot) -> SettingRows:
    await app.until_prompt()
    await app.press("comma")
    await app.until_screen(SettingsScreen)
    return app.app.screen.query_one(SettingRows)


async def test_a_change_shows_at_once_and_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "rachel.toml"
    async with hosting(any_game()) as host:
        app = app_at(place_of(host, tmp_path), keep=partial(write_file, path))
        async with app.run_test(size=(80, 24)) as pilot:
            seen = AppPilot(app, pilot)
            await opened(seen)
            await seen.press("down")
            for _ in range(2):  # pressed so fast that no message comes between them
                app.screen.query_one(SettingRows).action_change(1)
            await seen.until(lambda: app.theme == "light")
            assert "# Settings of Rachel." in path.read_text(encoding="utf-8")
            await seen.press("down", "right", "down", "space", "escape")
            await seen.until_screen(TableScreen)
            assert not app.settings.four_colours
            kept = {"theme": "light", "colours": "true", "four_colours": False}
            assert read_file(path).values == kept


async def test_the_first_and_the_last_setting_are_a_key_away(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, playing(host, tmp_path) as app:
        rows = await opened(app)
        await app.press("end")
        assert rows.setting is SETTINGS[-1]
        await app.press("home")
        assert rows.setting is SETTINGS[0]


async def test_where_keys_and_colours_of_ones_own_belong_is_said_if_there_is_room() -> None:
    def nowhere() -> Place:
        raise Unplayable("no")

    outfit = Outfit(ENVIRONMENT, Settings(name="Ann"), file="~/.config/rachel/rachel.toml")
    app = RachelApp(Home(nowhere, lambda: None), offered_name="Ann", outfit=outfit)
    async with app.run_test(size=(100, 30)) as pilot:
        seen = AppPilot(app, pilot)
        await seen.until_screen(HomeScreen)
        await seen.press("comma")
        await seen.until_screen(SettingsScreen)
        await seen.until_text("Keys and colours of your own:")
        await seen.until_text("~/.config/rachel/rachel.toml explains")
        await pilot.resize_terminal(60, 20)
        await seen.until(lambda: "of your own:" not in seen.text())
        await seen.until_text("What others call you")


async def test_all_its_keys_are_told(tmp_path: Path) -> None:
    async with hosting(any_game()) as host, playing(host, tmp_path) as app:
        await opened(app)
        await app.press("question_mark")
        await app.until_screen(HelpScreen)
        await app.until_words("↑ k ↓ j move the caret ▶")
        await app.until_words("the next value, or type a name")
        await app.until_words("the value before")
        await app.until_words("back: what is chosen holds")


async def test_every_setting_takes_each_of_its_values(tmp_path: Path) -> None:
    async with hosting(any_game()) as host:
        app = app_at(place_of(host, tmp_path))
        async with app.run_test(size=(80, 24)) as pilot:
            seen = AppPilot(app, pilot)
            rows = await opened(seen)
            for setting in SETTINGS:
                assert rows.setting is setting
                await seen.until_text(setting.about[:20])
                values = []
                for _ in setting.choices:
                    await seen.press("left")
                    await pilot.pause()
                    values.append(getattr(app.settings, setting.name))
                assert set(values) == set(setting.choices)
                await seen.press("down")


@pytest.mark.parametrize("size", [(60, 20), (80, 24)])
async def test_what_the_picture_cannot_show_is_said(tmp_path: Path, size: tuple[int, int]) -> None:
    async with hosting(any_game()) as host:
        app = app_at(place_of(host, tmp_path))
        async with app.run_test(size=size) as pilot:
            seen = AppPilot(app, pilot)
            rows = await opened(seen)
            for name, said in (
                ("motion", "Cards fly from hand to pile."),
                ("bell", "The terminal rings at your turn."),
                ("notify", "some terminals send a message."),
                ("seats", "From your next solo game on."),
                ("bots", "pairs first, twos and aces kept."),
                ("bot_delay", "Then 3 bots take 2.4 seconds."),
            ):
                rows.at = [setting.name for setting in SETTINGS].index(name)
                told = [row.plain.strip() for row in rows.rows()]
                assert said in " ".join(told)
                assert len(told) <= rows.size.height
            await seen.press("right")
            await seen.until_text("Then 3 bots take 3.6 seconds.")
            rows.at -= 1
            await seen.press("right")
            await seen.until(lambda: "count the" in seen.text())


@pytest.mark.parametrize(("size", "seats"), [((120, 36), 8), ((80, 24), 4), ((60, 20), 2)])
async def test_the_preview_seats_as_many_as_are_chosen_and_fit(
    tmp_path: Path, size: tuple[int, int], seats: int
) -> None:
    async with hosting(any_game()) as host:
        app = app_at(place_of(host, tmp_path))
        async with app.run_test(size=size) as pilot:
            seen = AppPilot(app, pilot)
            rows = await opened(seen)
            rows.at = [setting.name for setting in SETTINGS].index("seats")
            picture = app.screen.query_one(TablePicture)
            await seen.until(lambda: len(picture.lines) == min(4, seats))
            await seen.press("8")
            await seen.until(lambda: len(picture.lines) == seats)
            assert app.settings.seats == 8
            shown = seen.text()
            assert (f"{seats} of 8 seats fit here" in shown) == (seats < 8)
            assert all(line.name in shown for line in picture.lines)


async def test_a_number_that_is_typed_is_taken_if_it_is_a_value(tmp_path: Path) -> None:
    async with hosting(any_game()) as host:
        app = app_at(place_of(host, tmp_path))
        async with app.run_test(size=(80, 24)) as pilot:
            seen = AppPilot(app, pilot)
            rows = await opened(seen)
            rows.at = [setting.name for setting in SETTINGS].index("seats")
            await seen.press("9", "6", "1")
            await seen.until_text("‹ 6 ›")
            assert app.settings.seats == 6
            await seen.until_text("0.8 seconds")


async def test_the_preview_takes_no_clicks(tmp_path: Path) -> None:
    async with hosting(any_game()) as host:
        app = app_at(place_of(host, tmp_path))
        async with app.run_test(size=(80, 24)) as pilot:
            seen = AppPilot(app, pilot)
            await opened(seen)
            before = seen.text()
            await seen.click(TablePicture, 12, 20)
            await pilot.pause()
            assert type(app.screen) is SettingsScreen
            assert seen.text() == before


async def test_another_name_is_shown_as_others_see_it_and_used_from_the_next_game_on(
    tmp_path: Path,
) -> None:
    path = tmp_path / "rachel.toml"
    async with hosting(position("KH", "5C 6C", top="9H")) as host:
        app = app_at(place_of(host, tmp_path), keep=partial(write_file, path))
        async with app.run_test(size=(60, 20)) as pilot:
            seen = AppPilot(app, pilot)
            await opened(seen)
            await seen.press("enter")
            await seen.until_screen(AskScreen)
            await seen.press("space")
            await seen.until_text(NO_NAME.partition(":")[0])
            app.screen.query_one(Input).value = '  Zoë\u202e "Zap" Zimmermann'
            await seen.until_text('Others see: Zoe "Zap" Zimme')
            await seen.press("enter")
            await seen.until_screen(SettingsScreen)
            await seen.until_text('Zoe "Zap"')
            await seen.until_text("Others call you so")
            assert read_file(path).values == {"name": 'Zoe "Zap" Zimme'}
            await seen.press("enter")
            await seen.until_screen(AskScreen)
            await seen.press("backspace", "Z", "o", "e", "enter")
            await seen.until_screen(SettingsScreen)
            await seen.press("escape")
            await seen.until_prompt()
            await seen.press("enter")
            await seen.until_screen(ResultScreen)
            await seen.press("enter")
            await host.hears(Hello, times=2)
    names = [message.name for message in host.heard if isinstance(message, Hello)]
    assert names == ["Ann", "Zoe"]
    assert read_file(path).values == {"name": "Zoe"}


async def test_a_name_can_be_taken_back_and_is_asked_for_again(tmp_path: Path) -> None:
    path = tmp_path / "rachel.toml"
    table = place_of(TableHost(any_game()), tmp_path)
    app = RachelApp(
        Home(lambda: table, lambda: None),
        offered_name="root",
        outfit=Outfit(ENVIRONMENT, Settings(name="Ann"), keep=partial(write_file, path)),
    )
    async with app.run_test(size=(80, 24)) as pilot:
        seen = AppPilot(app, pilot)
        await seen.until_screen(HomeScreen)
        await seen.press("comma")
        await seen.until_screen(SettingsScreen)
        await seen.press("enter")
        await seen.until_screen(AskScreen)
        await seen.press("backspace", "enter")
        await seen.until_screen(SettingsScreen)
        await seen.until_text("none yet")
        assert read_file(path) == FileSettings({"name": ""}, ())
        await seen.press("escape", "enter")
        await seen.until_screen(NameScreen)


async def test_a_name_that_is_an_accounts_stays(tmp_path: Path) -> None:
    app = RachelApp(
        Home(lambda: place_of(TableHost(any_game()), tmp_path), lambda: None),
        offered_name="Ann",
        outfit=Outfit(ENVIRONMENT, name_stays="Your key is the account Ann here."),
    )
    async with app.run_test(size=(80, 24)) as pilot:
        seen = AppPilot(app, pilot)
        await seen.press("comma", "enter")
        await seen.until_screen(SettingsScreen)
        await seen.until_text("Your key is the account Ann here.")


async def test_what_cannot_be_kept_holds_all_the_same(tmp_path: Path) -> None:
    def full(_: Mapping[str, Any]) -> None:
        raise OSError(28, "No space left on device")

    async with hosting(any_game()) as host:
        app = app_at(place_of(host, tmp_path), keep=full)
        async with app.run_test(size=(80, 24)) as pilot:
            seen = AppPilot(app, pilot)
            await seen.until_prompt()
            await seen.press("t")
            await seen.until(
                lambda: any("No space left" in it.message for it in app._notifications)
            )
            assert app.settings.theme == "light"


async def test_the_table_that_waits_is_kept(tmp_path: Path) -> None:
    host_table = TableHost(any_game())
    async with hosting(host_table.game) as host:
        app = app_at(place_of(host, tmp_path))
        async with app.run_test(size=(60, 20)) as pilot:
            seen = AppPilot(app, pilot)
            await opened(seen)
            app.sync()
            assert type(app.screen) is SettingsScreen


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 36)])
async def test_a_notice_hides_no_card_and_no_advice(tmp_path: Path, size: tuple[int, int]) -> None:
    async with hosting(any_game()) as host:
        app = app_at(place_of(host, tmp_path))
        async with app.run_test(size=size, notifications=True) as pilot:
            seen = AppPilot(app, pilot)
            await seen.until_prompt()
            await seen.press("percent_sign")
            await seen.until_text("Colours: ")
            notice = app.screen.query_one(Toast).region
            assert notice
            for kind in (TurnLine, HandView, AdviceLine):
                assert not app.screen.query_one(kind).region.overlaps(notice), kind


async def test_the_notice_of_a_key_that_is_pressed_in_a_row_takes_the_place_of_the_last(
    tmp_path: Path,
) -> None:
    async with hosting(any_game()) as host:
        app = app_at(place_of(host, tmp_path))
        async with app.run_test(notifications=True) as pilot:
            seen = AppPilot(app, pilot)
            await seen.until_prompt()
            await seen.press_at(1.0, "t", "t", "t")
            await seen.until_text("Theme: terminal")
            assert [notice.message for notice in app._notifications] == ["Theme: terminal"]


async def test_keys_for_looks_say_in_words_what_holds_now(tmp_path: Path) -> None:
    app = RachelApp(
        Home(lambda: place_of(TableHost(any_game()), tmp_path), lambda: None),
        offered_name="Ann",
        outfit=Outfit(ENVIRONMENT),
    )

    def said() -> list[str]:
        return [notice.message for notice in app._notifications]

    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        seen = AppPilot(app, pilot)
        for words in ("all there are", "256", "16", "none, black and white"):
            await seen.press("percent_sign")
            await seen.until_text(f"Colours: {words}")
            assert said() == [f"Colours: {words}"]
        await seen.press("percent_sign")
        await seen.until(lambda: said() == ["Colours: as your terminal has them: all there are"])
        for theme in ("light", "contrast", "terminal", "mono"):
            await seen.press("t")
            await seen.until_text(f"Theme: {theme}")
            assert said() == [f"Theme: {theme}"]
        await seen.press("percent_sign")
        await seen.until(lambda: said() == ["Colours: none, black and white, as the theme is mono"])


async def test_it_leaves_other_notices_where_they_are(tmp_path: Path) -> None:
    async with hosting(any_game()) as host:
        app = app_at(place_of(host, tmp_path))
        async with app.run_test(notifications=True) as pilot:
            seen = AppPilot(app, pilot)
            await seen.until_prompt()
            app.notify("Are you there?", timeout=60)
            await seen.until_text("Are you there?")
            await seen.press("percent_sign", "percent_sign")
            await seen.until_text("Colours: ")
            assert "Are you there?" in seen.text()
