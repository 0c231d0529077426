"""Why a mutant means the same as what it was made of: only what is proved, each with its argument."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.prove.mutations.mutant import Mutant


def argument(analysis: Analysis, mutant: Mutant) -> str:
    """A sentence without a full stop; "" if nothing is proved."""
    return ""
