"""Metrics learnt from /metrics pages, as what could be declared of them.

A page says more than a catalogue needs for checking the files of others, and less than a declaration says. What it shows is taken; what
it cannot show is left open, and said: which values there may be besides those seen, what bounds a gauge has.
"""

from monitoring_as_code.foreign.learning.metrics import Learnt, LearntLabel, LearntMetric, Page, learnt

__all__ = ["Learnt", "LearntLabel", "LearntMetric", "Page", "learnt"]
