"""The stack of `mac up` as what is backed up, and as where it is restored to."""

import os
from pathlib import Path

from monitoring_as_code.model.topology import ALERTMANAGER, GLOBAL, PROMETHEUS
from monitoring_as_code.operate.backup.api import Access, Api
from monitoring_as_code.operate.backup.making import Sources
from monitoring_as_code.operate.backup.manifest import Origin
from monitoring_as_code.operate.backup.refusal import Refused
from monitoring_as_code.operate.backup.restoring import Targets
from monitoring_as_code.operate.blueprint import LOOPBACK
from monitoring_as_code.operate.engine import Service
from monitoring_as_code.operate.native import Native
from monitoring_as_code.operate.place import Place, state_home


def sources_of(place: Place) -> Sources | None:
    """What runs of a project's stack, of replicas one that does, and the global Prometheus; None if nothing was started.

    Raises:
        Refused: it runs in containers.
    """
    _not_in_containers(place)
    services = Native(place).services()
    prometheus, alertmanager = (_one_of(kind, services) for kind in (PROMETHEUS, ALERTMANAGER))
    all_of = next((each for each in services if each.name == GLOBAL), None)
    if prometheus is None and alertmanager is None and all_of is None:
        return None
    server = "" if prometheus is None or prometheus.name == PROMETHEUS else prometheus.name
    return Sources(
        None if prometheus is None else _api("Prometheus", prometheus),
        None if prometheus is None else place.data_of(prometheus.name),
        None if alertmanager is None else _api("Alertmanager", alertmanager),
        prometheus_global=None if all_of is None else _api("the global Prometheus", all_of),
        prometheus_global_data=None if all_of is None else place.data_of(GLOBAL),
        origin=Origin(os.path.basename(place.root), place.environment or "", server),
    )


def targets_of(place: Place) -> Targets:
    """Where a project's stack, which must be stopped, keeps its samples: those of the first replica, which ran last, and of the global one.

    Raises:
        Refused: it ran in containers alone.
    """
    first = [place.data_of(PROMETHEUS), place.data_of(f"{PROMETHEUS}-1")]
    ran = [folder for folder in first if folder.exists()]
    if not ran:
        _not_in_containers(place)
    return Targets(
        prometheus_data=max(ran, key=lambda folder: folder.stat().st_mtime, default=first[0]),
        prometheus_global_data=place.data_of(GLOBAL),
    )


def _not_in_containers(place: Place) -> None:
    """Docker has the data then, in volumes that only root sees, and Prometheus there makes no snapshots."""
    from monitoring_as_code.operate.compose import Composed

    if Composed.was_here(place):
        raise Refused(
            "the stack runs in containers, whose data are in volumes of Docker",
            "stop the service and copy its volume, as docs/backup.md has it; `--alertmanager URL` is for silences, where it has a port",
        )


def _one_of(kind: str, services: tuple[Service, ...]) -> Service | None:
    """One that answers, or else any; the global Prometheus is another kind."""
    known = [each for each in services if each.name == kind or each.name.rpartition("-")[::2] in [(kind, str(n)) for n in range(1, 5)]]
    return next((each for each in known if each.state == "ready"), known[0] if known else None)


def _api(called: str, service: Service) -> Api:
    login = service.login
    access = Access(
        Path(login.password_file) if login.user else None, Path(login.ca_file) if login.ca_file else None, login.user, named=False
    )
    return Api(called, service.url.replace("//localhost:", f"//{LOOPBACK}:"), access)


def usual_folder(place: Place | None) -> Path:
    """Where backups are if nobody says another place: a folder for each project, so that none removes another's."""
    backups = state_home() / "backups"
    return backups if place is None else backups / place.folder.name
