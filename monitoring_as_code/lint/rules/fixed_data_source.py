from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from monitoring_as_code.lint.boards import boards
from monitoring_as_code.lint.rule import WARNING, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading

# Not servers but Grafana itself.
_GRAFANAS_OWN = frozenset({"grafana", "__expr__", "datasource"})


@rule(WARNING, definitions_only=True)
def fixed_data_source(reading: Reading) -> Iterator[Finding]:
    """A panel asks one certain data source, whatever is chosen on the dashboard.

    Data sources have other ids in each Grafana, so the panel works in one and says "Data source not found" in the next; and who chooses
    another Prometheus on the dashboard sees both at once. Panels of definitions ask the dashboard's variable by themselves; one that was taken over
    with `raw` asks what it names. Of dashboards of others it is asked only if `enable` names this rule.

    BAD:

        board = Dashboard(
            name="Up",
            uid="up",
            rows=(
                Row(
                    title="Up",
                    panels=(
                        raw(
                            {
                                "type": "timeseries",
                                "title": "Up",
                                "datasource": {"type": "prometheus", "uid": "P1809F7CD0C75ACF3"},
                                "targets": [{"expr": "up"}],
                            }
                        ),
                    ),
                ),
            ),
        )

    GOOD:

        board = Dashboard(
            name="Up",
            uid="up",
            rows=(Row(title="Up", panels=(raw({"type": "timeseries", "title": "Up", "targets": [{"expr": "up"}]}),)),),
        )
    """
    for board in boards(reading):
        found: list[tuple[str, Place]] = []
        for panel in board.panels:
            fixed = _fixed(panel.data.get("datasource"))
            if fixed is not None:
                found.append((fixed, panel.at("datasource")))
            found += [
                (name, panel.at("targets", index, "datasource"))
                for index, target in enumerate(panel.targets)
                if (name := _fixed(target.get("datasource"))) is not None and name != fixed
            ]
        for each in (panel for row in board.dashboard.rows for panel in row.panels if panel.type == "raw" and not board.is_json):
            name = _fixed(getattr(each, "json_data", {}).get("datasource"))
            if name is not None:
                found.append((name, Place(each.origin)))
        for name, at in found:
            help_ = "leave the data source out" if not board.is_json else "name a variable of type datasource"
            yield Finding(f"this always asks the data source `{name}`", at, help_, declaration=board.dashboard)


def _fixed(source: Any) -> str | None:  # noqa: ANN401 - any JSON
    """The data source that is named, if it is one certain server."""
    if isinstance(source, dict):
        if source.get("type") in _GRAFANAS_OWN:
            return None
        source = source.get("uid")
    if not isinstance(source, str) or not source or source == "default" or source.startswith(("$", "[[", "-- ")):
        return None
    return None if source in ("grafana", "Mixed", "Dashboard", "__expr__") else source
