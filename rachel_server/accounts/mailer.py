"""Sends mails in the background: through Mailgun, or else into the outbox.

The outbox is a folder for mails that could not be sent, for the host to look at. A mail that
Mailgun does not accept is tried again and at last put into the outbox, so that none is lost; that
is an error. The log names neither recipients nor links.
"""

import asyncio
import logging
import os
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Final, Literal

from rachel_server.accounts.mail_texts import Mail
from rachel_server.accounts.mailgun import Mailgun, MailNotTaken

OUTBOX_FILES_MAX: Final = 1000
"""Mails kept in the outbox; the oldest go first."""

_RETRY_AFTER_S: Final = (1.0, 5.0, 25.0, 120.0)
_PENDING_MAX: Final = 500
"""Mails being sent; when there are so many, further mails go to the outbox at once."""
_AT_ONCE_MAX: Final = 4
"""Requests to Mailgun at the same time."""
_CLOSE_LIMIT_S: Final = 3.0
_OWNER_ONLY: Final = 0o600

MailFate = Literal["sent", "kept", "lost"]
"""What became of a mail: Mailgun has it, the outbox, or nobody."""

_log = logging.getLogger(__name__)


class Mailer:
    """Sends mails. Belongs to one event loop; `close` it in the end.

    Args:
        outbox: the folder for mails that are not sent.
        sender: the From header, such as ``Rachel <rachel@example.org>``.
        clock: Unix time in seconds.
        mailgun: access to Mailgun; None to put every mail into the outbox.
        mailed: called with what became of each mail, perhaps in another thread.
        kept: called with each mail that went to the outbox, perhaps in another thread.
        retry_after_s: seconds between one attempt and the next; their number limits the attempts.
    """

    def __init__(
        self,
        outbox: Path,
        sender: str,
        clock: Callable[[], float],
        *,
        mailgun: Mailgun | None = None,
        mailed: Callable[[MailFate], None] = lambda _: None,
        kept: Callable[[Mail], None] = lambda _: None,
        retry_after_s: Sequence[float] = _RETRY_AFTER_S,
    ) -> None:
        self._outbox = outbox
        self._sender = sender
        self._clock = clock
        self._mailgun = mailgun
        self._mailed = mailed
        self._kept = kept
        self._retry_after_s = retry_after_s
        self._pending: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(_AT_ONCE_MAX)
        self._closing = asyncio.Event()

    def send(self, mail: Mail) -> None:
        """Send a mail in the background; never fails."""
        overdue = len(self._pending) >= _PENDING_MAX
        delivery = self._deliver(mail, overdue=overdue)
        task = asyncio.get_running_loop().create_task(delivery, name="mail")
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)

    async def close(self, limit_s: float = _CLOSE_LIMIT_S) -> None:
        """Try pending mails once more, and put those that are not accepted into the outbox."""
        self._closing.set()
        if self._pending:
            _, late = await asyncio.wait(self._pending, timeout=limit_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _deliver(self, mail: Mail, *, overdue: bool) -> None:
        if self._mailgun is None:
            unsent: str | None = "this server sends no mail"
        elif overdue:
            unsent = "too many mails wait"
        else:
            try:
                unsent = await self._send(self._mailgun, mail)
            except asyncio.CancelledError:
                unsent = "the server stops"
            except Exception:
                _log.exception("%s was not sent", _named(mail))
                unsent = "an error of ours"
        if unsent is None:
            self._mailed("sent")
            _log.info("%s was sent", _named(mail))
        else:
            await asyncio.to_thread(self._keep, mail, unsent)

    async def _send(self, mailgun: Mailgun, mail: Mail) -> str | None:
        """Try until Mailgun accepts a mail or refuses it for good.

        Returns:
            None if it was accepted, else why not.
        """
        for wait_s in (*self._retry_after_s, None):
            last = wait_s is None or self._closing.is_set()
            try:
                async with self._slots:
                    await mailgun.send(self._sender, mail)
                return None
            except MailNotTaken as error:
                if last or not error.later:
                    return str(error)
                _log.warning("%s is tried again in %.0f s: %s", _named(mail), wait_s, error)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), wait_s)
        raise AssertionError("the last attempt returns")

    def _keep(self, mail: Mail, reason: str) -> None:
        try:
            file = write_mail(self._outbox, self._sender, mail, self._clock())
        except OSError as error:
            self._mailed("lost")
            _log.error("%s is lost (%s): %s", _named(mail), reason, error)
        else:
            self._mailed("kept")
            # With Mailgun somebody waits for it: an error, and so a report.
            level = logging.WARNING if self._mailgun is None else logging.ERROR
            _log.log(level, "%s is in %s: %s", _named(mail), file, reason)
            self._kept(mail)


def _named(mail: Mail) -> str:
    """Return what the log may say of a mail: its subject and the domain of its recipient."""
    return f"mail {mail.subject!r} to {mail.to.rpartition('@')[2]}"


def write_mail(folder: Path, sender: str, mail: Mail, at: float) -> Path:
    """Write a mail to a file that only its owner can read; return where.

    Raises:
        OSError: the folder cannot be made or written to.
    """
    message = EmailMessage(SMTP)
    message["From"], message["To"], message["Subject"] = sender, mail.to, mail.subject
    message["Date"] = format_datetime(datetime.fromtimestamp(at, UTC))
    message.set_content(mail.text, cte="8bit")  # not encoded, so that the link can be copied
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The names sort by time.
    file = folder / f"{at:017.6f}-{secrets.token_hex(4)}.eml"
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "wb") as new:
        new.write(message.as_bytes())
    for old in sorted(folder.glob("*.eml"))[:-OUTBOX_FILES_MAX]:
        old.unlink(missing_ok=True)
    return file
