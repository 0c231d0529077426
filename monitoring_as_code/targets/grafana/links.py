"""Links as Grafana stores them: on top of a dashboard, in the corner of a panel, on a series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitoring_as_code import naming
from monitoring_as_code.model.dashboard import Dashboard
from monitoring_as_code.model.links import Link
from monitoring_as_code.model.variables import ConstantVariable, DatasourceVariable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.model.alert import Alert

Json = dict[str, Any]


def page_link(link: Link) -> Json:
    """A link on top of a dashboard: there Grafana itself appends the time range and the variables."""
    keep_variables = link.keep_variables is not False
    if link.uid is None:
        url = link.url or ""
    else:
        # What is given must not come a second time, so Grafana is asked to append nothing then.
        url = _joined(f"/d/{link.uid}", _given(link))
        keep_variables = keep_variables and not link.variables
    return _link(link, url, keep_time=link.keep_time is not False, keep_variables=keep_variables)


def panel_link(analysis: Analysis, here: Dashboard, link: Link) -> Json:
    """A link in the corner of a panel, where Grafana follows what the URL says and nothing else."""
    return _link(link, _url(analysis, here, link), keep_time=False, keep_variables=False)


def series_link(analysis: Analysis, here: Dashboard, link: Link) -> Json:
    """A link that a series opens; what it reads of the series is in the URL."""
    found: Json = {"oneClick": True} if link.one_click else {}
    return {**found, "targetBlank": link.new_tab, "title": link.title, "url": _url(analysis, here, link)}


def runbook_links(analysis: Analysis, alerts: tuple[Alert, ...]) -> list[Json]:
    """A link to the runbook of each alert, each page once."""
    found: dict[str, Json] = {}
    for alert in alerts:
        url = naming.runbook_url(analysis.stack, alert)
        if url is not None and url not in found:
            link = Link(title=f"Runbook: {alert.name}", url=url, new_tab=True)
            found[url] = _link(link, url, keep_time=False, keep_variables=False)
    return list(found.values())


def _link(link: Link, url: str, *, keep_time: bool, keep_variables: bool) -> Json:
    return {
        "asDropdown": False,
        "icon": link.icon or ("external link" if link.dashboard is None else "dashboard"),
        "includeVars": keep_variables,
        "keepTime": keep_time,
        "tags": [],
        "targetBlank": link.new_tab,
        "title": link.title,
        "tooltip": link.tooltip,
        "type": "link",
        "url": url,
    }


def _url(analysis: Analysis, here: Dashboard, link: Link) -> str:
    """The whole URL, with Grafana's own variables for what is carried along."""
    if link.uid is None:
        carried = ["${__url_time_range}"] * bool(link.keep_time) + ["${__all_variables}"] * bool(link.keep_variables)
        return _joined(link.url or "", carried)
    query = list(_given(link))
    if link.keep_time is not False:
        query.append("${__url_time_range}")
    if link.keep_variables is not False:
        there = link.dashboard if isinstance(link.dashboard, Dashboard) else _by_uid(analysis, link.uid)
        known = None if there is None else set(_variables(there))
        query += [f"${{{name}:queryparam}}" for name in _variables(here) if name not in link.variables and (known is None or name in known)]
    return _joined(f"/d/{link.uid}", query)


def _given(link: Link) -> Iterator[str]:
    for name, given in link.variables.items():
        for value in (given,) if isinstance(given, str) else given:
            # Grafana encodes the values of its own variables.
            yield f"var-{_quoted(name)}={value if '$' in value else _quoted(value)}"


def _quoted(text: str) -> str:
    if text.isascii() and text.replace("_", "a").replace("-", "a").isalnum():
        return text
    from urllib.parse import quote

    return quote(text, safe="")


def _joined(url: str, query: Iterator[str] | list[str]) -> str:
    parts = "&".join(query)
    if not parts:
        return url
    page, mark, fragment = url.partition("#")
    return f"{page}{'&' if '?' in page else '?'}{parts}{mark}{fragment}"


def _variables(dashboard: Dashboard) -> Iterator[str]:
    """The variables whose values a URL may have."""
    if not any(isinstance(each, DatasourceVariable) for each in dashboard.variables):
        yield "datasource"  # of which every dashboard has one
    for variable in dashboard.variables:
        if not isinstance(variable, ConstantVariable) and not getattr(variable, "skip_url_sync", False):
            yield variable.name


def _by_uid(analysis: Analysis, uid: str) -> Dashboard | None:
    return next((each for each in analysis.project.of(Dashboard) if each.uid == uid), None)
