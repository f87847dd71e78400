"""Whether two machines agree on the time."""

from typing import Final

from rachel_server.ops.doctor.deployment import Deployment
from rachel_server.ops.doctor.finding import Finding, passed

_APART_MAX_S: Final = 5.0


def clock(deployment: Deployment, check: str, ahead_s: float) -> Finding:
    """Tell whether another clock agrees with this machine's.

    Args:
        deployment: what is examined.
        check: whose clock it is.
        ahead_s: by how many seconds it is ahead of this one.
    """
    if abs(ahead_s) <= _APART_MAX_S:
        return passed(check, "agrees with this machine's")
    way = "ahead of" if ahead_s > 0 else "behind"
    return deployment.grave(
        check,
        f"{abs(ahead_s):.0f} s {way} this machine's",
        "let both set their clocks by NTP: timedatectl set-ntp true",
    )
