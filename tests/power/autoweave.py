"""AutoWeave as a world to mutate."""

from pathlib import Path

from monitoring_as_code.config import read_config
from monitoring_as_code.project import load_project
from tests.power.world import World


def autoweave(root: Path) -> World:
    """The definitions of this repository, under all rules that can be turned on."""
    config, problems = read_config(str(root))
    config = config._replace(enable=("vanishing-series",))
    return World("AutoWeave", load_project(root, config, problems))
