"""A real deployment in production, to be looked over by `rachel doctor`, and to be spoilt."""

import json
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple, Self
from urllib.parse import unquote, urlsplit

import trustme
from click.testing import CliRunner
from databases import Database, SqliteDatabase

from rachel.cli import main
from rachel_server.ops.environment import VARIABLES
from rachel_server.ops.secrets import fresh_secret
from rachel_server.store.backups import write_backup
from rachel_server.store.data_dir import PORTS_FILE
from rachel_server.store.sqlite_file import DATABASE_FILE

_COMMAND: Final = (sys.executable, "-c", "from rachel.cli import main; main()")
NO_SETTINGS: Final = {name: "" for it in VARIABLES for name in (it.name, it.alias) if name}


class Said(NamedTuple):
    """What the doctor says of one check."""

    outcome: str
    check: str
    found: str
    cure: str | None


class Report(NamedTuple):
    """What the doctor says of everything."""

    code: int
    findings: list[Said]

    @property
    def troubles(self) -> list[Said]:
        """Everything but passes."""
        return [said for said in self.findings if said.outcome != "pass"]

    def only(self, outcome: str, check: str, words: str) -> None:
        """Check that there is one trouble and no other, with a cure."""
        troubles = self.troubles
        assert [(said.outcome, said.check) for said in troubles] == [(outcome, check)], troubles
        assert words in troubles[0].found
        assert troubles[0].cure
        assert "\n" not in troubles[0].found + troubles[0].cure
        assert self.code == (outcome == "fail")


class Deployed:
    """A server in production on loopback, with everything a good deployment has.

    Attributes:
        folder: where it was started and the doctor is called: `.env` is in it.
        database: its database, in its data folder unless it is elsewhere.
        authority: signs certificates that the doctor believes.
        environment: its variables.
        ports: its ports, as it has published them.
        backups: the folder with its backups.
    """

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder, self.database = folder, database
        data_dir = database.data_dir
        self.backups = folder / "backups"
        self.certificate, self.key = folder / "cert.pem", folder / "key.pem"
        self.authority = trustme.CA()
        self.authority.cert_pem.write_to_path(folder / "authority.pem")
        write_pair(self.authority.issue_cert("localhost"), self.certificate, self.key)
        self.environment = {
            "SECRET_KEY_BASE": fresh_secret(),
            "METRICS_TOKEN": fresh_secret(),
            "MAILGUN_API_KEY": "key-of-mailgun",
            "SENTRY_DSN": "http://keyofsentry@127.0.0.1:9/1",
            "DATABASE_URL": database.server_url or f"sqlite:///{data_dir / DATABASE_FILE}",
            "RACHEL_ENV": "production",
            "RACHEL_HOST": "cards.example.org",
            "RACHEL_DATA": str(data_dir),
            "LISTEN_ADDRESS": "127.0.0.1",
            "RUBP_PORT": "0",
            "PORT": "0",
            "HTTPS_PORT": "0",
            "RUBP_TLS_PORT": "0",
            "SSH_PORT": "0",
            "TLS_CERT": str(self.certificate),
            "TLS_KEY": str(self.key),
            "TRUSTED_PROXIES": "127.0.0.1",
            "MAILGUN_DOMAIN": "mg.example.org",
            "SSL_CERT_FILE": str(folder / "authority.pem"),
        }
        self.dotenv = folder / ".env"
        self.dotenv.write_text("LOG_FORMAT=json\n")
        self.dotenv.chmod(0o600)
        self.backups.mkdir()
        write_backup(database.url, self.backups / "rachel-20260701.dump")
        self.ports: dict[str, list[int]] = {}

    @classmethod
    def on_sqlite(cls, folder: Path, migrated: Path) -> Self:
        """Return a deployment in a folder, with a copy of a migrated database of its own."""
        (folder / "data").mkdir()
        shutil.copy2(migrated, folder / "data" / DATABASE_FILE)
        return cls(folder, SqliteDatabase(folder / "data"))

    @property
    def url(self) -> str:
        """Where it serves HTTPS."""
        return f"https://localhost:{self.ports['https'][0]}"

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run `rachel serve`, as a user that is not root as far as can be seen from outside."""
        with (self.folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [*_COMMAND, "serve", "--no-mdns"],
                cwd=self.folder,
                env={**os.environ, **NO_SETTINGS, **self.environment},
                stdout=subprocess.PIPE,
                stderr=log,
            )
        assert process.stdout is not None
        try:
            assert process.stdout.readline(), (self.folder / "log").read_text()
            ports = self.database.data_dir / PORTS_FILE
            self.ports = json.loads(ports.read_text())
            if os.geteuid() == 0:
                os.chown(ports, pwd.getpwnam("nobody").pw_uid, -1)
            yield
        finally:
            process.terminate()
            process.communicate()

    def doctor(
        self,
        *options: str,
        changed: Mapping[str, str] | None = None,
        url: str | None = None,
        backups: str | Path | None = None,
    ) -> Report:
        """Run `rachel doctor` in the folder, with some variables changed.

        Raises:
            AssertionError: a secret is in what it says.
        """
        where = ("--url", url or self.url, "--backups", str(backups or self.backups))
        code, text = self.run("doctor", "--json", *where, *options, changed=changed)
        findings = [
            Said(it["outcome"], it["check"], it["found"], it["cure"]) for it in json.loads(text)
        ]
        return Report(code, findings)

    def run(self, *arguments: str, changed: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Run a command in the folder; return its exit code and what it says."""
        environment = {**NO_SETTINGS, **self.environment, **(changed or {})}
        result = CliRunner().invoke(main, arguments, env=environment)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        for secret in _secrets(environment):
            assert secret not in result.output
        return result.exit_code, result.output


def _secrets(environment: dict[str, str]) -> Iterator[str]:
    """Yield every text that nobody may see."""
    for name in ("SECRET_KEY_BASE", "METRICS_TOKEN", "MAILGUN_API_KEY"):
        if environment[name]:
            yield environment[name]
    for name in ("SENTRY_DSN", "DATABASE_URL"):
        user, _, secret = urlsplit(environment[name]).netloc.rpartition("@")[0].partition(":")
        yield from {secret or user, unquote(secret or user)} - {""}


def write_pair(issued: trustme.LeafCert, certificate: Path, key: Path) -> None:
    """Write a certificate with its chain, and its key for its owner only."""
    certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    key.touch(mode=0o600)
    key.write_bytes(issued.private_key_pem.bytes())
