"""The stack of `mac up` as what is backed up, and as where it is restored to."""

from pathlib import Path

from monitoring_as_code.model.topology import ALERTMANAGER, PROMETHEUS
from monitoring_as_code.operate.backup.api import Access, Api
from monitoring_as_code.operate.backup.making import Sources
from monitoring_as_code.operate.backup.restoring import Targets
from monitoring_as_code.operate.blueprint import LOOPBACK
from monitoring_as_code.operate.place import Place, state_home


def sources_of(place: Place) -> Sources | None:
    """What runs of a project's stack; None if nothing was started."""
    services = place.record().get("services", {})
    apis = {
        name: Api(said, f"http://{LOOPBACK}:{services[name]['port']}", Access())
        for name, said in ((PROMETHEUS, "Prometheus"), (ALERTMANAGER, "Alertmanager"))
        if name in services
    }
    if not apis:
        return None
    return Sources(apis.get(PROMETHEUS), place.data_of(PROMETHEUS), apis.get(ALERTMANAGER))


def targets_of(place: Place) -> Targets:
    """Where a project's stack, which must be stopped, keeps its samples."""
    return Targets(prometheus_data=place.data_of(PROMETHEUS))


def usual_folder(place: Place | None) -> Path:
    """Where backups are if nobody says another place: a folder for each project, so that none removes another's."""
    backups = state_home() / "backups"
    return backups if place is None else backups / place.folder.name
