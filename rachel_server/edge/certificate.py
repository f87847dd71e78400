"""The server's own certificate, for HTTPS and for RUBP inside TLS."""

import logging
import ssl
from pathlib import Path
from typing import Final

_VERSION_MIN: Final = ssl.TLSVersion.TLSv1_2

_log = logging.getLogger(__name__)


class Certificate:
    """A certificate and its key, which may be replaced while the server runs.

    Attributes:
        context: for new connections; those that are open keep what they began with.

    Raises:
        OSError: the files cannot be read, or do not hold a certificate and its key.
    """

    def __init__(self, certificate: Path, key: Path) -> None:
        self._files = certificate, key
        self.context = self._load()

    def reload(self) -> None:
        """Use what the files hold now; if that is unusable, keep what there is, and log it."""
        try:
            self._load()  # a context that fails halfway has lost the old certificate
            self.context.load_cert_chain(*self._files)
        except OSError as error:
            _log.error("the new certificate cannot be used, the old one stays: %s", error)
        else:
            _log.info("the certificate has been read again")

    def _load(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = _VERSION_MIN
        context.load_cert_chain(*self._files)
        return context
