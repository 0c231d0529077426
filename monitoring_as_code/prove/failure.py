"""What did not go as expected."""

from __future__ import annotations

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.alert import Alert
from monitoring_as_code.model.scenario import Expectation, Quiet, Resolves
from monitoring_as_code.origin import Place


class Failure(NamedTuple):
    """An expectation that does not hold: what was expected, what happened, and what explains it, each a sentence without a full stop.

    `expectation` is missing where what failed is expected of every scenario: that each alert says something, without an error in it.
    `alert` is the one that it is about, and `place` where the definitions say what does not hold.
    """

    expectation: Expectation | None
    expected: str
    happened: str
    why: str = ""
    alert: Alert | None = None
    place: Place | None = None

    @property
    def silence(self) -> bool:
        """Whether the alert does less than it should, so that what keeps its condition from holding explains it."""
        return isinstance(self.expectation, Expectation) and not isinstance(self.expectation, Quiet | Resolves)
