"""All operators, one module a group of rules."""

from tests.power.operator import OPERATORS
from tests.power.operators import joins, kinds, naming, quantities, reachability, upkeep, windows

__all__ = ["OPERATORS", "joins", "kinds", "naming", "quantities", "reachability", "upkeep", "windows"]
