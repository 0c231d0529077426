"""What a backtest has found, as text and as data."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from monitoring_as_code.diagnostics.display import visible
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.promql.durations import to_text as duration
from monitoring_as_code.promql.printer import to_text
from monitoring_as_code.prove.backtest.picture import picture
from monitoring_as_code.prove.backtest.result import SOON
from monitoring_as_code.prove.reasons import number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.prove.backtest.result import Firing, Period, Result, Trial
    from monitoring_as_code.prove.chart import Look
    from monitoring_as_code.prove.timelines import Labels

_MOST_SHOWN = 6
_BOLD, _FAINT, _BAD, _ODD = "1", "2", "31", "33"


class Backtest(NamedTuple):
    """A whole backtest: of what, over which time."""

    source: str
    period: Period
    results: tuple[Result, ...]

    @property
    def fired(self) -> bool:
        """Whether any alert did."""
        return any(each.firings for each in self.results)

    @property
    def refused(self) -> bool:
        """Whether an alert could not be evaluated."""
        return any(each.error for each in self.results)


def as_text(found: Backtest, look: Look, *, verbose: bool) -> str:
    """A part for each alert, those that fired first; one line for each that kept quiet, unless more is wanted."""
    whole = verbose or len(found.results) == 1
    lines = [*_heading(found, look), ""]
    told = sorted(found.results, key=lambda each: (not each.error, not each.firings))
    quiet = [each for each in told if not whole and not _notable(each)]
    for each in told:
        if whole or _notable(each):
            lines += [*_alert(each, found.period, look, whole=whole), ""]
    if quiet:
        lines += [*_quiet(quiet, look), ""]
    lines.append(_summary(found, look))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _notable(result: Result) -> bool:
    return bool(result.error or result.firings or result.trials)


def _heading(found: Backtest, look: Look) -> Iterator[str]:
    period = found.period
    alerts = f"{len(found.results)} alert{'' if len(found.results) == 1 else 's'}"
    yield look.paint(f"{alerts} over {_length(period.length)} of {found.source}", _BOLD)
    steps = {each.step for each in found.results}
    often = f", evaluated every {duration(steps.pop())}" if len(steps) == 1 else ""
    yield f"from {_moment(period.start)} to {_moment(period.end)} UTC{often}"
    replaced = dict.fromkeys(name for each in found.results for name in each.replaced)
    if replaced:
        yield look.paint(f"worked out from what they record, not read: {_listed(replaced)}", _FAINT)
    coarse = [each for each in found.results if each.step > each.interval]
    if coarse:
        step, interval = coarse[0].step, coarse[0].interval
        yield look.paint(
            f"Prometheus evaluates every {duration(interval)}: what lasts for less than {duration(step)} may be missed, "
            f"times are exact to {duration(step)}",
            _ODD,
        )
    blind = [each.alert.name for each in coarse if 0 < _milliseconds(each.alert.for_) < each.step]
    if blind:
        yield look.paint(f"a `for` shorter than that is rounded up, in {_listed(blind)}", _ODD)


def _alert(result: Result, period: Period, look: Look, *, whole: bool) -> Iterator[str]:
    alert = result.alert
    if result.error:
        yield f"{look.paint(alert.name, _BOLD)}  {look.paint('could not be evaluated', _BAD)}"
        yield f"  {visible(result.error)}"
        yield look.paint(f"  {visible(result.query)}", _FAINT)
        return
    said = _fired(result)
    yield f"{look.paint(alert.name, _BOLD)} {look.paint(alert.severity, _FAINT)}  {look.paint(said, _BAD if result.firings else '')}"
    yield from _silence(result, look)
    if result.firings or whole:
        yield from picture(result, period, look, valued=whole)
    if result.firings:
        yield from _when(result, look)
        yield from _where(result)
    if result.pendings:
        longest = max(each.length for each in result.pendings)
        yield f"  pending only  {_times(len(result.pendings))}, for {_length(longest)} at most, and `for` is {alert.for_}"
    if result.returns:
        yield f"  flapping      {result.returns} of {len(result.firings)} began within {_length(SOON)} after the same one had ended"
    if result.close_calls and result.compared is not None:
        yield from _close_calls(result)
    yield from _sweep(result, look)


def _fired(result: Result) -> str:
    if not result.firings:
        return "did not fire"
    return f"fired {_times(len(result.firings))}, {_length(result.total)} in all, {_length(result.longest)} at most"


def _silence(result: Result, look: Look) -> Iterator[str]:
    if result.absent:
        yield look.paint(f"  no samples of {_listed(result.absent)}: that it is quiet says little", _ODD)
    if result.known_from is not None:
        yield look.paint(f"  there are values from {_moment(result.known_from)} on only", _ODD)


def _when(result: Result, look: Look) -> Iterator[str]:
    """The first and the last firings with their moments; all, if they are few."""
    shown = result.firings if len(result.firings) <= _MOST_SHOWN else (*result.firings[:3], None, *result.firings[-3:])
    for each in shown:
        if each is None:
            yield look.paint(f"  ... {len(result.firings) - 6} more ...", _FAINT)
            continue
        from_when = f"{'before ' if each.since_before else ''}{_moment(each.start)}"
        length = f"{_length(each.length)}{' and going on' if each.lasting else ''}"
        yield f"  {from_when}  {length:>10}  {own_labels(result.alert, each.labels)}{_whom(each)}".rstrip()


def _whom(firing: Firing) -> str:
    if firing.receivers is None:
        return ""
    return f"  -> {', '.join(map(visible, firing.receivers))}" if firing.receivers else f"  ({firing.held_back or 'nobody hears of it'})"


def _where(result: Result) -> Iterator[str]:
    if len(result.firings) > _MOST_SHOWN:
        by_labels = Counter(each.labels for each in result.firings)
        if len(by_labels) > 1:
            for labels, count in by_labels.most_common(3):
                lengths = sum(each.length for each in result.firings if each.labels == labels)
                yield f"  most often    {own_labels(result.alert, labels)}  {_times(count)}, {_length(lengths)} in all"
    if any(each.receivers is not None for each in result.firings):
        whom = Counter(name for each in result.firings for name in each.receivers or (each.held_back or "nobody",))
        yield "  reached       " + ", ".join(f"{visible(name)} {_times(count)}" for name, count in whom.most_common())


def _close_calls(result: Result) -> Iterator[str]:
    compared = result.compared
    assert compared is not None  # noqa: S101 - there are no close calls without
    rows = []
    for each in result.close_calls:
        share = f"{100 * each.value / compared.limit:.3g} %" if compared.limit > 0 <= each.value else ""
        beyond = compared.beyond(each.value) > 0 or (compared.beyond(each.value) == 0 and "=" in compared.op)
        note = "beyond, but not for long enough, or not with the rest" if beyond else ""
        rows.append((_moment(each.time), number(each.value), share, own_labels(result.alert, each.labels), note))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for index, row in enumerate(rows):
        title = "  closest calls " if index == 0 else " " * 16
        cells = [f"{cell:{width}}" for cell, width in zip(row, widths, strict=True) if width]
        yield (title + "  ".join(cells)).rstrip()
    yield f"{' ' * 16}the limit is {compared.op} {number(compared.limit)}"


def _sweep(result: Result, look: Look) -> Iterator[str]:
    for title, trials in (("threshold", [e for e in result.trials if e.threshold is not None]), ("for", _holds(result.trials))):
        if not trials:
            continue
        rows = [(title, "fired", "in all", "longest", "")]
        rows += [
            (_tried(each), str(each.times), _length(each.total), _length(each.longest), "as declared" if each.declared else "")
            for each in trials
        ]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for index, row in enumerate(rows):
            cells = [f"{cell:>{width}}" for cell, width in zip(row[:4], widths, strict=False)]
            yield look.paint("  " + "   ".join([*cells, row[4]]).rstrip(), _FAINT if index == 0 else "")


def _holds(trials: Iterable[Trial]) -> list[Trial]:
    return [each for each in trials if each.hold is not None]


def _tried(trial: Trial) -> str:
    return number(trial.threshold) if trial.threshold is not None else duration(trial.hold or 0)


def _quiet(results: Sequence[Result], look: Look) -> Iterator[str]:
    yield look.paint("did not fire", _BOLD)
    room = max(len(each.alert.name) for each in results)
    for each in results:
        words = []
        if each.pendings:
            words.append(f"pending only {_times(len(each.pendings))}")
        if each.absent:
            words.append(f"no samples of {_listed(each.absent)}")
        elif each.close_calls and each.compared is not None:
            call = each.close_calls[0]
            words.append(f"closest was {number(call.value)} ({each.compared.op} {number(each.compared.limit)}) at {_moment(call.time)}")
        yield f"  {each.alert.name:{room}}  {'; '.join(words)}"


def _summary(found: Backtest, look: Look) -> str:
    fired = [each for each in found.results if each.firings]
    refused = [each for each in found.results if each.error]
    count = sum(len(each.firings) for each in fired)
    words = f"{len(fired)} of {len(found.results)} alert{'' if len(found.results) == 1 else 's'} fired, {_times(count)} in all"
    if refused:
        words += f"; {len(refused)} could not be evaluated"
    return look.paint(words, _BOLD)


def own_labels(alert: Alert, labels: Labels) -> str:
    """The labels that tell alerts of one rule apart."""
    own = {"alertname", "severity", *(name for name, text in alert.labels.items() if "{{" not in text)}
    told = ", ".join(f'{name}="{visible(value)}"' for name, value in labels if name not in own)
    return f"{{{told}}}" if told else ""


def _times(count: int) -> str:
    return "once" if count == 1 else "twice" if count == 2 else f"{count} times"


def _length(milliseconds: int) -> str:
    """A length as it is told to people: two units of it."""
    seconds = round(milliseconds / 1000)
    parts: list[str] = []
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count or (parts and unit == "s"):
            parts.append(f"{count}{unit}")
        if len(parts) == 2 or (parts and not seconds):
            break
    return "".join(part for part in parts if not part.startswith("0")) or "0s"


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S").removesuffix(":00")


def _milliseconds(text: str) -> int:
    from monitoring_as_code.promql.durations import milliseconds

    return milliseconds(text)


def _listed(names: Iterable[str]) -> str:
    told = list(names)
    more = f" and {len(told) - 2} more" if len(told) > 3 else ""
    return ", ".join(f"`{name}`" for name in told[: 2 if more else 3]) + more


def as_data(found: Backtest) -> dict[str, Any]:
    """The same as data: moments as RFC 3339, lengths in seconds."""
    return {
        "source": found.source,
        "from": _stamp(found.period.start),
        "to": _stamp(found.period.end),
        "fired": found.fired,
        "alerts": [_result_data(each) for each in found.results],
    }


def _result_data(result: Result) -> dict[str, Any]:
    compared = result.compared
    return {
        "alert": result.alert.name,
        "severity": result.alert.severity,
        "labels": dict(result.alert.labels),
        "query": result.query,
        "error": result.error or None,
        "step_seconds": result.step / 1000,
        "evaluation_interval_seconds": result.interval / 1000,
        "worked_out": list(result.replaced),
        "absent_metrics": list(result.absent),
        "known_from": None if result.known_from is None else _stamp(result.known_from),
        "times": len(result.firings),
        "total_seconds": result.total / 1000,
        "longest_seconds": result.longest / 1000,
        "returned_soon": result.returns,
        "firings": [
            {
                "labels": dict(each.labels),
                "from": _stamp(each.start),
                "to": _stamp(each.end),
                "seconds": each.length / 1000,
                "since_before": each.since_before,
                "lasting": each.lasting,
                "receivers": None if each.receivers is None else list(each.receivers),
                "held_back": each.held_back or None,
            }
            for each in result.firings
        ],
        "pending_only": [
            {"labels": dict(each.labels), "from": _stamp(each.start), "to": _stamp(each.end), "seconds": each.length / 1000}
            for each in result.pendings
        ],
        "threshold": None
        if compared is None
        else {"measured": to_text(compared.measured), "comparison": compared.op, "value": compared.limit},
        "closest_calls": [{"labels": dict(each.labels), "at": _stamp(each.time), "value": each.value} for each in result.close_calls],
        "sweep": [
            {
                "threshold": each.threshold,
                "for_seconds": None if each.hold is None else each.hold / 1000,
                "declared": each.declared,
                "times": each.times,
                "total_seconds": each.total / 1000,
                "longest_seconds": each.longest / 1000,
            }
            for each in result.trials
        ],
    }


def _stamp(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds" if milliseconds % 1000 else "seconds").replace("+00:00", "Z")
