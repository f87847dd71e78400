"""The outbox: a folder with mails that could not be sent, for the host to look at."""

import os
import secrets
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Final

from rachel_server.accounts.mail_texts import Mail

FILES_MAX: Final = 1000
"""Mails kept; the oldest go first."""

_OWNER_ONLY: Final = 0o600


def write_mail(folder: Path, sender: str, mail: Mail, at: float) -> Path:
    """Write a mail to a file that only its owner can read; return where.

    Raises:
        OSError: the folder cannot be made or written to.
    """
    message = EmailMessage(SMTP)
    message["From"], message["To"], message["Subject"] = sender, mail.to, mail.subject
    message["Date"] = format_datetime(datetime.fromtimestamp(at, UTC))
    message.set_content(mail.text, cte="8bit")  # whoever reads the file can copy the link
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The names sort by time.
    file = folder / f"{at:017.6f}-{secrets.token_hex(4)}.eml"
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "wb") as new:
        new.write(message.as_bytes())
    for old in sorted(folder.glob("*.eml"))[:-FILES_MAX]:
        old.unlink(missing_ok=True)
    return file
