"""From an analysis to the files of build/: what they must be, whether they are, and making them so."""

from monitoring_as_code.build.freshness import freshness
from monitoring_as_code.build.manifest import BrokenManifestError
from monitoring_as_code.build.plan import Plan, plan
from monitoring_as_code.build.write import CannotWriteError, Written, write

__all__ = ["BrokenManifestError", "CannotWriteError", "Plan", "Written", "freshness", "plan", "write"]
