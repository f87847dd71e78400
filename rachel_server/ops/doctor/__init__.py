"""The checklist of `rachel doctor`: what is good and bad about a deployment."""

from collections.abc import Iterator

from rachel_server.ops.doctor.backup_checks import check_backups
from rachel_server.ops.doctor.database_checks import check_database
from rachel_server.ops.doctor.deployment import Deployment
from rachel_server.ops.doctor.finding import Finding
from rachel_server.ops.doctor.machine_checks import check_machine
from rachel_server.ops.doctor.settings_checks import check_settings
from rachel_server.ops.doctor.web_checks import check_web


def examine(deployment: Deployment) -> Iterator[Finding]:
    """Yield the findings about a deployment as they are made, in the order of the checklist.

    A check that is impossible yields nothing: the finding of an earlier check says why.
    """
    yield from check_settings(deployment)
    yield from check_machine(deployment)
    yield from check_database(deployment)
    yield from check_backups(deployment)
    yield from check_web(deployment)
