"""Stacks of every kind, built for Compose, and the shells that their entrypoints must run in."""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitoring_as_code.analysis import Analysis
from monitoring_as_code.build.plan import plan
from monitoring_as_code.config import read_config
from monitoring_as_code.project import load_project

IMPORTS = """\
from monitoring_as_code import *

target = Gauge(name="temperature", help="How warm it is.")
"""


def built(folder: Path, definitions: str) -> dict[str, bytes]:
    """Everything that definitions give, written below `folder`/build."""
    (folder / "definitions").mkdir(parents=True)
    (folder / "definitions" / "case.py").write_text(IMPORTS + definitions, "utf-8")
    return written(folder, folder / "build")


def written(project: Path, build: Path, environment: str | None = None) -> dict[str, bytes]:
    """Everything that a project gives, for its first environment if none is named, written below `build`."""
    loaded = load_project(project, read_config(project)[0], environment=environment)
    assert not loaded.problems, "\n".join(f"{each.location}: {each.message}" for each in loaded.problems)
    made = plan(Analysis(loaded))
    assert not made.problems, made.problems
    for path, content in made.files.items():
        (build / path).parent.mkdir(parents=True, exist_ok=True)
        (build / path).write_bytes(content)
    return made.files


@dataclass(frozen=True)
class Shell:
    """A shell with the tools of its system."""

    command: tuple[str, ...]
    path: str

    def run(self, script: Path, *arguments: str, variables: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
        """Runs a script with these variables and no others."""
        environment = {"PATH": self.path, **variables}
        return subprocess.run(
            [*self.command, str(script), *arguments], env=environment, capture_output=True, encoding="utf-8", timeout=60, check=False
        )


def moved(build: Path, root: Path, folders: Sequence[str] = ("/run/", "/etc/", "/host/")) -> None:
    """Lets what is built for a container run here: the container's folders are below `root`, and build/ is where it is mounted."""
    for path in [path for path in build.rglob("*") if path.is_file()]:
        text = path.read_text("utf-8")
        for folder in folders:
            text = text.replace(folder, f"{root}{folder}")
        path.write_text(text, "utf-8")
    for folder in ("run/given", "run/mac", "run/secrets", "etc"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    for source, target in (("compose", "mac"), ("alertmanager", "alertmanager"), ("prometheus", "prometheus")):
        (root / "etc" / target).symlink_to(build / source)
