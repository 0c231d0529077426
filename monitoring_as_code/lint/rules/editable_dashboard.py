from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.boards import boards
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(WARNING, definitions_only=True)
def editable_dashboard(reading: Reading) -> Iterator[Finding]:
    """A dashboard that is made from a file can be changed in Grafana.

    What somebody changes there is gone with the next deployment, or stays and is in no file. A dashboard is not editable unless it is said; who
    wants to try something out makes a copy. Of dashboards of others it is asked only if `enable` names this rule.

    BAD:

        board = Dashboard(name="Shop", uid="shop", rows=(Row(title="All", panels=(Stat(title="Up", expr="sum(up)"),)),), editable=True)

    GOOD:

        board = Dashboard(name="Shop", uid="shop", rows=(Row(title="All", panels=(Stat(title="Up", expr="sum(up)"),)),))
    """
    for board in boards(reading):
        dashboard = board.dashboard
        editable = dashboard.__dict__["json_data"].get("editable", True) is not False if board.is_json else dashboard.editable
        if editable:
            at = Place(dashboard.origin, ("editable",))
            yield Finding(f"`{dashboard.name}` can be changed in Grafana", at, "say that it is not editable", declaration=dashboard)
