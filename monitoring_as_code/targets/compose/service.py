"""What every service of a Compose file has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.targets.compose.secrets import Given, Secret

if TYPE_CHECKING:
    from monitoring_as_code.model.limits import Limits
    from monitoring_as_code.model.stack import Stack
    from monitoring_as_code.model.topology import Server
    from monitoring_as_code.yaml_text import Plain

NOBODY = "65534:65534"
# Where the folders of build/ are in the containers.
MAC = "/etc/mac"
RUN = "/run/mac"
# How a container calls the machine that it runs on.
HOST = "host.docker.internal"


class Service(NamedTuple):
    """A service as Compose is told of it."""

    name: str
    comment: str
    """Why it differs from what one expects."""
    settings: Mapping[str, Plain]
    given: Given | None = None
    """The secrets that its entrypoint reads."""
    demanded: tuple[Secret, ...] = ()
    """Those that it cannot start without, and has no entrypoint to say so."""
    entrypoint: str = ""
    """The name of the script, which is the name of its folder as well."""
    outward: str = ""
    """The network by which it reaches what is not of the stack, and is reached."""


def service(
    image: str,
    limits: Limits,
    networks: Sequence[str],
    health: Sequence[str],
    *,
    user: str | None = None,
    environment: Mapping[str, str] | None = None,
    tmpfs: Sequence[str] = (),
    grace: str = "30s",
    more: Mapping[str, Plain],
) -> dict[str, Plain]:
    """What all services have: no privilege, no file that could be changed, a limit of all that a machine has."""
    found: dict[str, Plain] = {"image": image}
    if user is not None:
        found["user"] = user
    found |= {key: value for key, value in more.items() if value}
    if environment:
        found["environment"] = dict(environment)
    found |= {
        "init": True,
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
    }
    if tmpfs:
        found["tmpfs"] = list(tmpfs)
    found["networks"] = list(networks)
    if health:
        found["healthcheck"] = {"test": ["CMD", *health], "interval": "5s", "timeout": "5s", "retries": 12, "start_period": "20s"}
    found |= {
        "restart": "unless-stopped",
        "stop_grace_period": grace,
        "deploy": {"resources": {"limits": {"memory": limits.memory, "cpus": f"{limits.cpus:g}", "pids": limits.pids}}},
        "logging": {"driver": "json-file", "options": {"max-size": "10m", "max-file": "3"}},
    }
    return found


def memory(folders: Sequence[str], user: str) -> list[str]:
    """Folders in memory that one user alone may enter."""
    uid, _, gid = user.partition(":")
    return [f"{folder}:mode=0700,uid={uid},gid={gid},size=4m" for folder in folders]


def home(name: str, given: Given) -> str:
    """Where the configuration of a service is: in the usual place, unless secrets are wanted below it, where nothing can be written."""
    usual = f"/etc/{name}"
    taken = any(folder == usual or folder.startswith(f"{usual}/") for folder in given.folders())
    return f"/etc/mac-{name}" if taken else usual


def mount(source: str, target: str) -> dict[str, Plain]:
    """A folder of build/. One that is missing is a mistake, not something to be made, as Docker would."""
    return {"type": "bind", "source": f"./{source}", "target": target, "read_only": True, "bind": {"create_host_path": False}}


def volume(name: str, target: str) -> dict[str, Plain]:
    """A volume that Docker keeps, whatever becomes of the container."""
    return {"type": "volume", "source": name, "target": target}


def direct(secret: Secret) -> dict[str, Plain]:
    """A file where the service itself reads it."""
    return {"source": secret.id, "target": secret.path}


def published(stack: Stack, server: Server) -> list[str]:
    """A port of this machine alone; with a proxy there is none but its own."""
    return [] if stack.proxy is not None else [f"127.0.0.1:{server.host_port}:{server.port}"]


def entered(given: Given, folder: str, program: str) -> dict[str, Plain]:
    """What a service with an entrypoint has more."""
    return {
        "entrypoint": ["/bin/sh", f"{MAC}/{folder}/entrypoint.sh", program],
        "secrets": given.mounts(),
    }


def to_host(text: object) -> dict[str, Plain]:
    """Let a container find the machine that it runs on, if it wants to."""
    return {"extra_hosts": [f"{HOST}:host-gateway"]} if HOST in str(text) else {}
