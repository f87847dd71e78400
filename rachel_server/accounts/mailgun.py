"""Sends mails by Mailgun's HTTP API (documentation.mailgun.com, Messages)."""

from base64 import b64encode
from types import TracebackType
from typing import Final, Self

import aiohttp

from rachel_server.accounts.mail_texts import Mail
from rachel_server.ops.secrets import Secret

_TIMEOUT: Final = aiohttp.ClientTimeout(total=15.0, connect=5.0)


class MailNotTaken(Exception):  # noqa: N818 - says what happened
    """Mailgun did not accept a mail.

    Attributes:
        later: whether another attempt may succeed.
    """

    def __init__(self, text: str, *, later: bool) -> None:
        super().__init__(text)
        self.later = later


class Mailgun:
    """A domain's access to Mailgun. An async context manager: it holds connections."""

    def __init__(self, api_key: Secret, domain: str, base_url: str) -> None:
        self._url = f"{base_url}/v3/{domain}/messages"
        credentials = b64encode(f"api:{api_key.reveal()}".encode()).decode()
        self._http = aiohttp.ClientSession(
            headers={"Authorization": f"Basic {credentials}"}, timeout=_TIMEOUT
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.close()

    async def send(self, sender: str, mail: Mail) -> None:
        """Hand a mail over.

        Raises:
            MailNotTaken: Mailgun did not accept it, or no answer arrived.
        """
        form = {"from": sender, "to": mail.to, "subject": mail.subject, "text": mail.text}
        try:
            async with self._http.post(self._url, data=form, allow_redirects=False) as answer:
                status = answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            text = f"Mailgun cannot be reached ({type(error).__name__})"
            raise MailNotTaken(text, later=True) from None
        if status != 200:
            later = status >= 500 or status in (408, 429)
            raise MailNotTaken(f"Mailgun answers {status}", later=later)
