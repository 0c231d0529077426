"""Panels without queries, texts and lists of alerts; and links."""

from typing import Any

from monitoring_as_code.model.panels.older.keys import Old

Json = dict[str, Any]

_LINK_KEYS = {"asDropdown": False, "icon": "external link", "includeVars": False, "keepTime": False, "tags": [], "targetBlank": False}
_ALERT_STATES = {
    "alerting": "firing",
    "firing": "firing",
    "pending": "pending",
    "ok": "normal",
    "no_data": "noData",
    "execution_error": "error",
}


def nothing(panel: Json, old: Old) -> None:
    """The form has not changed."""


def text(panel: Json, old: Old) -> None:
    """Content and mode stood at the top."""
    options = panel["options"]
    for key in ("content", "mode"):
        value = old.take(key)
        if isinstance(value, str):
            options.setdefault(key, value)
    if not isinstance(options.get("content"), str):
        options["content"] = ""
    if options.get("mode") not in ("html", "markdown", "code"):  # plain text is Markdown today
        options["mode"] = "markdown"


def alertlist(panel: Json, old: Old) -> None:
    """The list of the alerts of Grafana 7."""
    if not any(key in old for key in ("show", "limit", "onlyAlertsOnDashboard", "nameFilter")):
        return
    options = panel["options"]
    states = {_ALERT_STATES[state] for state in old.items("stateFilter") if state in _ALERT_STATES}
    order, limit, name = old.number("sortOrder"), old.number("limit"), old.text("nameFilter")
    options |= {
        "alertName": options.get("alertName") or name,
        "dashboardAlerts": old.flag("onlyAlertsOnDashboard"),
        "datasource": "",
        "maxItems": 20 if limit is None else limit,
        "sortOrder": 3 if order is None else order,
    }
    if states:
        options["stateFilter"] = {name: name in states for name in ("error", "firing", "noData", "normal", "pending")}
    old.forget_if("show", "current")


def dashlist(panel: Json, old: Old) -> None:
    """The list of dashboards of Grafana 7, which said all of it at its top."""
    options = panel["options"]
    for key, name in (("headings", "showHeadings"), ("recent", "showRecentlyViewed"), ("search", "showSearch"), ("starred", "showStarred")):
        if key in old:
            options.setdefault(name, old.flag(key))
    limit, query, tags = old.number("limit"), old.text("query"), old.items("tags")
    if limit is not None:
        options.setdefault("maxItems", limit)
    if query:
        options.setdefault("query", query)
    if tags:
        options.setdefault("tags", tags)


def link(given: object) -> Json:
    """A link in a panel's corner, with all that the schema wants."""
    given = given if isinstance(given, dict) else {}
    kept = {key: given.get(key, default) for key, default in _LINK_KEYS.items()}
    url = given.get("url") or given.get("dashUri") or given.get("uri") or ""
    return {**kept, "title": given.get("title", ""), "tooltip": given.get("tooltip", ""), "type": "link", "url": url}
