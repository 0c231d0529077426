"""What Prometheus itself says of its targets and of what it has stored, held to the declarations, in a bounded number of questions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from monitoring_as_code.conform.agreement import a_kind
from monitoring_as_code.conform.finding import Finding
from monitoring_as_code.conform.observed import spellings
from monitoring_as_code.conform.scrapes import address
from monitoring_as_code.conform.source import Unavailable
from monitoring_as_code.diagnostics.nearest import listed
from monitoring_as_code.model.metric import Histogram, Summary
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from monitoring_as_code.conform.contract import Contract
    from monitoring_as_code.engines.access import Access
    from monitoring_as_code.model.metric import Metric
    from monitoring_as_code.model.stack import ScrapeJob

# Names in one question: a URL of a few kilobytes.
_BATCH = 100
# Of so many metrics over their budget it is asked which label it is.
_EXPLAINED = 5
_MOST_BYTES = 64 << 20
_KINDS = {"info": {"info", "gauge"}, "gauge": {"gauge", "stateset"}}
_UNKNOWN = frozenset({"unknown", "untyped", ""})


class Prometheus:
    """A server at a URL, which may have a path."""

    def __init__(self, url: str, access: Access) -> None:
        from monitoring_as_code.engines.access import opener

        self.url = url.rstrip("/")
        self._access = access
        self._opener = opener(self.url, access)

    def ask(self, path: str, **parameters: str) -> Any:  # noqa: ANN401 - JSON
        """The `data` of an answer.

        Raises:
            Unavailable: there is none.
        """
        import http.client
        import urllib.error
        import urllib.parse
        import urllib.request

        from monitoring_as_code.engines.access import reason_of

        query = urllib.parse.urlencode({"match[]" if name == "match" else name: text for name, text in parameters.items()})
        request = urllib.request.Request(f"{self.url}/api/v1/{path}?{query}", headers=dict(self._access.headers))  # noqa: S310 - the scheme is checked
        try:
            with self._opener.open(request, timeout=self._access.timeout_seconds) as response:
                body = response.read(_MOST_BYTES)
        except urllib.error.HTTPError as error:
            with error:
                body = error.read(10_000)
            if error.code not in (400, 422, 503):
                words = (
                    "is the URL right? It ends where `/api/v1` begins"
                    if error.code == 404
                    else "use --bearer-token-file, --basic-auth-file or --header-file"
                    if error.code in (401, 403)
                    else "see its log"
                )
                raise Unavailable(f"{self.url} answers with {error.code}: {words}") from None
        except TimeoutError:
            raise Unavailable(
                f"{self.url} said nothing for {self._access.timeout_seconds:g} s: `--timeout` says how long to wait"
            ) from None
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise Unavailable(f"{self.url} cannot be asked: {reason_of(getattr(error, 'reason', error))}") from None
        try:
            answer = json.loads(body)
        except ValueError:
            answer = None
        if not isinstance(answer, dict) or answer.get("status") != "success":
            said = answer.get("error") if isinstance(answer, dict) else None
            raise Unavailable(f"{self.url} answers, but not as Prometheus does: {said or body[:100].decode('utf-8', 'replace')}")
        return answer["data"]

    def vector(self, query: str) -> list[tuple[dict[str, str], float]]:
        """The result of an instant query."""
        return [(each["metric"], float(each["value"][1])) for each in self.ask("query", query=query)["result"]]


def ask_server(server: Prometheus, contract: Contract) -> Iterator[Finding]:
    """All that is wrong by what the server says.

    Raises:
        Unavailable: it does not answer, or is no Prometheus.
    """
    try:
        targets = server.ask("targets", state="active")["activeTargets"]
        yield from _targets(targets, contract)
        yield from _twice(server, targets)
        yield from _types(server, contract)
        yield from _series(server, contract)
        yield from _hidden(server, contract)
    except (KeyError, TypeError, IndexError, AttributeError):
        raise Unavailable(f"{server.url} answers, but not as Prometheus does") from None


def _pool(target: Mapping[str, Any]) -> str:
    return str(target.get("scrapePool") or target["labels"].get("job", ""))


def _scraped_here(job: ScrapeJob | None) -> tuple[tuple[Place, str], ...]:
    return () if job is None else ((Place(job.origin), "scraped by this job"),)


def _targets(targets: list[Any], contract: Contract) -> Iterator[Finding]:
    jobs = {job.name: job for job in contract.jobs}
    pools = {_pool(target) for target in targets}
    for job in contract.jobs:
        if job.name not in pools:
            message = f"the scrape job `{job.name}` has no target in Prometheus"
            yield Finding(
                "missing-target",
                message,
                None,
                "is the built configuration the one that runs? `mac status` shows it",
                None,
                _scraped_here(job),
            )
    for target in targets:
        if _pool(target) in jobs and target["health"] == "down":
            said = target.get("lastError") or "it does not say why"
            help_ = "raise the limit, or record less" if "limit" in said else "until it is up, nothing can be said of what it has"
            yield Finding(
                "target-down",
                f"`{target['scrapeUrl']}` of the job `{_pool(target)}` cannot be scraped: {said}",
                None,
                help_,
                None,
                _scraped_here(jobs[_pool(target)]),
            )


def _twice(server: Prometheus, targets: list[Any]) -> Iterator[Finding]:
    import urllib.parse

    seen: dict[tuple[str, str, str], str] = {}
    told = set()
    for target in targets:
        parts = urllib.parse.urlsplit(target["scrapeUrl"])
        key = address(parts.scheme, parts.netloc), parts.path, parts.query
        other = seen.setdefault(key, _name_of(target["labels"]))
        if other != _name_of(target["labels"]):
            told |= {other, _name_of(target["labels"])}
            yield _double(f"`{target['scrapeUrl']}`", other, _name_of(target["labels"]))
    started: dict[float, list[dict[str, str]]] = {}
    for labels, value in server.vector("process_start_time_seconds"):
        started.setdefault(value, []).append(labels)
    for same in started.values():
        # Two that start together may do so in the same hundredth of a second: replicas of one job, or a whole stack. Only one process has
        # the same metrics under two jobs.
        other_jobs = [labels for labels in same if labels.get("job") != same[0].get("job")]
        if not other_jobs or _name_of(same[0]) in told:
            continue
        names = _names_of(server, same[0])
        again = next((labels for labels in other_jobs if _names_of(server, labels) == names), None)
        if again is not None:
            yield _double("one process", _name_of(same[0]), _name_of(again))


def _names_of(server: Prometheus, target: Mapping[str, str]) -> set[str]:
    """The metrics that the page of a target has now, without those that rules make of it."""
    matcher = ", ".join(f"{name}={json.dumps(target.get(name, ''), ensure_ascii=False)}" for name in ("job", "instance"))
    found = {labels.get("__name__", "") for labels, _ in server.vector(f"count by (__name__) ({{{matcher}}})")}
    return {name for name in found if ":" not in name and not name.startswith("ALERTS")}


def _name_of(labels: Mapping[str, str]) -> str:
    return f'{{instance="{labels.get("instance", "")}", job="{labels.get("job", "")}"}}'


def _double(what: str, one: str, other: str) -> Finding:
    return Finding(
        "scraped-twice", f"{what} is scraped twice: as `{one}` and as `{other}`", None, "leave it to one job: sums count it double"
    )


def _types(server: Prometheus, contract: Contract) -> Iterator[Finding]:
    """What the targets of each job say of the metrics' types: one question a job."""
    by_spelling = {spelling: metric for name, metric in contract.metrics.items() for spelling in reversed(spellings(name))}
    said: dict[str, dict[str, str]] = {}
    for job in contract.jobs:
        matched = json.dumps(job.labels.get("job", job.name), ensure_ascii=False)
        for each in server.ask("targets/metadata", match_target=f"{{job={matched}}}"):
            metric = by_spelling.get(each["metric"])
            if metric is not None and each["type"] not in _UNKNOWN:
                said.setdefault(metric.name, {}).setdefault(each["type"], _name_of(each["target"]))
    for name, types in said.items():
        metric = contract.metrics[name]
        if len(types) > 1:
            words = " and ".join(f"{a_kind(kind)} by `{target}`" for kind, target in types.items())
            yield Finding("disagreeing-targets", f"`{name}` is {words}", None, "do they run the same release?", metric)
        known = metric.kind != "unknown" and name not in contract.untyped
        for kind, target in types.items():
            if len(types) == 1 and known and kind not in _KINDS.get(metric.kind, {metric.kind}):
                message = f"`{name}` is declared as a {metric.kind}, but `{target}` says that it is {a_kind(kind)}"
                yield Finding("wrong-metric-kind", message, None, "declare what the program records, or record what is declared", metric)


def _batches(contract: Contract) -> Iterator[tuple[str, Mapping[str, Metric[Any]]]]:
    """Matchers of the declared metrics' series, one series a combination of labels, with the metrics by those series' names."""
    every = {name + "_count" if isinstance(metric, (Histogram, Summary)) else name: metric for name, metric in contract.metrics.items()}
    names = list(every)
    jobs = sorted({job.labels.get("job", job.name) for job in contract.jobs})
    from monitoring_as_code.model.labels import quote_re2

    of_jobs = f", job=~{json.dumps('|'.join(map(quote_re2, jobs)), ensure_ascii=False)}" if jobs else ""
    for start in range(0, len(names), _BATCH):
        some = names[start : start + _BATCH]
        yield f'{{__name__=~"{"|".join(some)}"{of_jobs}}}', {name: every[name] for name in some}


def _series(server: Prometheus, contract: Contract) -> Iterator[Finding]:
    if contract.shipped:
        return  # which of its metrics another program has is its own affair
    explained = 0
    for matcher, metrics in _batches(contract):
        counts: dict[str, tuple[float, dict[str, str]]] = {}
        for labels, value in server.vector(f"count by (__name__, job, instance) ({matcher})"):
            known = counts.get(labels["__name__"])
            if known is None or value > known[0]:
                counts[labels["__name__"]] = value, labels
        for series, metric in metrics.items():
            if series not in counts:
                message = f"Prometheus has no series of `{metric.name}`"
                yield Finding("silent-metric", message, None, "is the target up, and did anything happen yet?", metric)
                continue
            count, target = counts[series]
            budget = metric.budget
            if budget is not None and count > budget:
                explained += 1
                most_of = _by_which_label(server, metric, target) if explained <= _EXPLAINED else ""
                message = f"`{metric.name}` has {count:,.0f} combinations of label values at `{_name_of(target)}`, but at most {budget:,} are declared{most_of}"
                yield Finding("exceeded-budget", message, None, "bound what is recorded, or raise `at_most`", metric)


def _by_which_label(server: Prometheus, metric: Metric[Any], target: Mapping[str, str]) -> str:
    """The label of a target's series that has most values beyond what is declared."""
    matchers = ", ".join(f"{name}={json.dumps(target[name], ensure_ascii=False)}" for name in ("job", "instance") if name in target)
    over = []
    for label in metric.label_declarations:
        most = label.at_most if label.values is None else len(label.values)
        counted = server.vector(f"count(count by ({label.name}) ({target['__name__']}{{{matchers}}}))")
        if most is not None and counted and counted[0][1] > most:
            over.append((counted[0][1] / most, f": `{label.name}` has {counted[0][1]:,.0f} values instead of {most:,}"))
    return max(over)[1] if over else ""


def _hidden(server: Prometheus, contract: Contract) -> Iterator[Finding]:
    for matcher, metrics in _batches(contract):
        names = [name for name in server.ask("labels", match=matcher) if name.startswith("exported_")]
        for name in names[:_EXPLAINED]:
            narrowed = f'{matcher[:-1]}, {name}!=""}}'
            having = [
                metrics[labels["__name__"]]
                for labels, _ in server.vector(f"count by (__name__) ({narrowed})")
                if labels.get("__name__") in metrics
            ]
            if having:
                shown = listed([metric.name for metric in having[:3]], "and") + (f" and {len(having) - 3} more" if len(having) > 3 else "")
                message = f"label `{name.removeprefix('exported_')}` of {shown} is hidden: the scrape gives a label of that name, so Prometheus has it as `{name}`"
                help_ = "call it something else, or set `honor_labels=True` in the job"
                yield Finding("hidden-label", message, None, help_, having[0])
