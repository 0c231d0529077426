"""PromQL: text to tree and back. It knows the language, and nothing of declarations."""

from __future__ import annotations

from monitoring_as_code.promql.errors import PromQLSyntaxError
from monitoring_as_code.promql.parser import parse

__all__ = ["PromQLSyntaxError", "parse"]
