"""Mails: through Mailgun, again if it must be, and none is lost."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from accounts_harness import read_mail
from mailgun_stand_in import DOMAIN, KEY, mailgun_stand_in

from rachel_server.accounts.mail_texts import Mail, MailTexts
from rachel_server.accounts.mailer import OUTBOX_FILES_MAX, Mailer, write_mail
from rachel_server.accounts.mailgun import Mailgun
from rachel_server.ops.secrets import Secret

TOKEN = "S" * 43
SENDER = "Rachel <rachel@mg.example.org>"
TEXTS = MailTexts("https://cards.example.org/")
MAIL = TEXTS.confirm("ann@example.net", "Ann", TOKEN)
AT = 1_800_000_000.25


@asynccontextmanager
async def sending(
    url: str, outbox: Path, retry_after_s: tuple[float, ...] = (0.01, 0.01)
) -> AsyncIterator[Mailer]:
    """Run a mailer; it is closed in the end."""
    async with Mailgun(Secret(KEY), DOMAIN, url) as mailgun:
        mailer = Mailer(outbox, SENDER, lambda: AT, mailgun=mailgun, retry_after_s=retry_after_s)
        try:
            yield mailer
        finally:
            await mailer.close()


def kept(outbox: Path) -> list[Path]:
    return sorted(outbox.glob("*"))


@pytest.fixture(autouse=True)
def no_secret_in_the_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """See to it that whatever is logged holds neither links nor readers nor keys."""
    caplog.set_level(logging.DEBUG)
    yield
    for secret in (TOKEN, KEY, "ann@"):
        assert secret not in caplog.text


async def test_a_mail_reaches_mailgun(tmp_path: Path) -> None:
    async with mailgun_stand_in() as mailgun, sending(mailgun.url, tmp_path) as mailer:
        mailer.send(MAIL)
        await mailer.close()
        assert mailgun.taken == [
            {"from": SENDER, "to": "ann@example.net", "subject": MAIL.subject, "text": MAIL.text}
        ]
    assert kept(tmp_path) == []


async def test_a_mail_is_kept_whatever_is_raised(tmp_path: Path) -> None:
    """The name resolver raises UnicodeError for such a host."""
    async with sending(f"http://{'a' * 70}.example.org", tmp_path) as mailer:
        mailer.send(MAIL)
    assert len(kept(tmp_path)) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 429, 408])
async def test_a_mail_is_tried_again(tmp_path: Path, status: int) -> None:
    async with mailgun_stand_in() as mailgun:
        mailgun.statuses = [status, status]
        async with sending(mailgun.url, tmp_path) as mailer:
            mailer.send(MAIL)
            await mailgun.was_asked(3)
    assert len(mailgun.taken) == 1
    assert kept(tmp_path) == []


@pytest.mark.parametrize("status", [400, 401, 404, 302])
async def test_a_mail_that_will_never_be_taken_is_kept(
    tmp_path: Path, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with mailgun_stand_in() as mailgun:
        mailgun.statuses = [status]
        async with sending(mailgun.url, tmp_path) as mailer:
            mailer.send(MAIL)
    assert mailgun.asked == 1
    (file,) = kept(tmp_path)
    assert read_mail(file)[0] == MAIL.to
    assert f"Mailgun answers {status}" in caplog.text
    assert str(file) in caplog.text


async def test_a_mail_that_is_refused_too_often_is_kept(tmp_path: Path) -> None:
    async with mailgun_stand_in() as mailgun:
        mailgun.statuses = [500] * 10
        async with sending(mailgun.url, tmp_path) as mailer:
            mailer.send(MAIL)
            await mailgun.was_asked(3)
    assert mailgun.asked == 3
    assert len(kept(tmp_path)) == 1


async def test_a_mail_is_kept_when_nobody_is_there_to_take_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with mailgun_stand_in() as mailgun:
        pass
    async with sending(mailgun.url, tmp_path) as mailer:
        mailer.send(MAIL)
    assert len(kept(tmp_path)) == 1
    assert "Mailgun cannot be reached" in caplog.text


async def test_a_stop_does_not_wait_for_the_next_attempt(tmp_path: Path) -> None:
    """It makes the attempt at once, and it is the last."""
    async with mailgun_stand_in() as mailgun:
        mailgun.statuses = [500]
        async with sending(mailgun.url, tmp_path, (3600.0, 3600.0)) as mailer:
            mailer.send(MAIL)
            await mailgun.was_asked(1)
        assert len(mailgun.taken) == 1
        mailgun.statuses = [500, 500]
        async with sending(mailgun.url, tmp_path, (3600.0, 3600.0)) as mailer:
            mailer.send(MAIL)
            await mailgun.was_asked(3)
    assert mailgun.asked == 4
    assert len(kept(tmp_path)) == 1


async def test_a_stop_does_not_wait_for_a_mailgun_that_hangs(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with mailgun_stand_in() as mailgun:
        mailgun.statuses = [None]
        async with sending(mailgun.url, tmp_path) as mailer:
            mailer.send(MAIL)
            await mailgun.was_asked(1)
            await mailer.close(limit_s=0.01)
            assert len(kept(tmp_path)) == 1
    assert "the server stops" in caplog.text


async def test_mailgun_gets_few_mails_at_once_and_all_of_them(tmp_path: Path) -> None:
    async with mailgun_stand_in() as mailgun, sending(mailgun.url, tmp_path) as mailer:
        mailgun.statuses = [None] * 4
        for number in range(50):
            mailer.send(Mail(f"ann@example{number}.net", "Hello", "Hello"))
        await mailgun.was_asked(4)
        mailgun.leave.set()
        await mailgun.was_asked(54)
        await mailer.close()
        assert mailgun.at_once == 4
        assert {form["to"] for form in mailgun.taken} == {
            f"ann@example{number}.net" for number in range(50)
        }


async def test_more_than_can_wait_is_kept(tmp_path: Path) -> None:
    async with mailgun_stand_in() as mailgun, sending(mailgun.url, tmp_path) as mailer:
        for number in range(503):
            mailer.send(Mail(f"ann@example{number}.net", "Hello", "Hello"))
        await mailer.close()
        assert len(mailgun.taken) == 500
    assert len(kept(tmp_path)) == 3


async def test_without_mailgun_every_mail_is_kept_for_its_owner_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = tmp_path / "outbox"
    mailer = Mailer(outbox, SENDER, lambda: AT)
    mailer.send(MAIL)
    await mailer.close()
    (file,) = kept(outbox)
    assert file.suffix == ".eml"
    assert (outbox.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)
    assert read_mail(file) == (MAIL.to, MAIL.subject, MAIL.text.replace("\n", "\r\n"))
    link = f"https://cards.example.org/account/confirm?token={TOKEN}"
    assert link in file.read_text().splitlines(), "whoever reads it can copy it"
    assert "mail 'Rachel: Confirm your e-mail address' to example.net is in " in caplog.text


async def test_an_outbox_that_cannot_be_written_costs_the_mail_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "outbox").write_text("a file where the folder should be")
    mailer = Mailer(tmp_path / "outbox", SENDER, lambda: AT)
    mailer.send(MAIL)
    await mailer.close()
    assert "is lost" in caplog.text


def test_the_outbox_does_not_grow_for_ever(tmp_path: Path) -> None:
    files = [
        write_mail(tmp_path, SENDER, Mail("ann@example.net", "Hello", "Hello"), AT + number)
        for number in range(OUTBOX_FILES_MAX + 3)
    ]
    assert kept(tmp_path) == files[3:]


def test_mails_are_short_and_plain_and_say_who_they_are_from() -> None:
    mails = [
        MAIL,
        TEXTS.already_registered("ann@example.net", "Ann"),
        TEXTS.reset("ann@example.net", "Ann", TOKEN),
        TEXTS.password_changed("ann@example.net", "Ann"),
    ]
    for mail in mails:
        assert mail.to == "ann@example.net"
        assert mail.text.startswith("Hello Ann,\n")
        assert mail.text.endswith("\nRachel at https://cards.example.org\n")
        assert mail.text.isascii()
        assert len(mail.text) < 500
        assert all(len(line) <= 76 for line in mail.text.splitlines() if "://" not in line)
        assert TOKEN not in repr(mail)
    assert [TOKEN in mail.text for mail in mails] == [True, False, True, False]
