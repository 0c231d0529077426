"""What is given in a scenario as plain series, which promtool's tests are made of, too."""

from monitoring_as_code.targets.promtool_tests.histories import History, ImpossibleSeries, histories

__all__ = ["History", "ImpossibleSeries", "histories"]
