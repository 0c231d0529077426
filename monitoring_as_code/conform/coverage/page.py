"""Coverage as one page for a browser, without a script and without anything from elsewhere."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from monitoring_as_code.conform.coverage.reports import SHOWN, WORDS, series
from monitoring_as_code.diagnostics.display import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitoring_as_code.conform.coverage.cells import Coverage, Row

_STYLE = """
:root { color-scheme: light dark; --text: #1b1f24; --dim: #59636e; --page: #fff; --line: #d1d9e0; --head: #f6f8fa;
  --yes: #116329; --yes-back: #dafbe1; --no: #a40e26; --no-back: #ffebe9; --unknown: #7d4e00; --unknown-back: #fff8c5; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --dim: #9198a1; --page: #0d1117; --line: #3d444d; --head: #151b23;
  --yes: #6fdd8b; --yes-back: #12261e; --no: #ff9492; --no-back: #301a1f; --unknown: #e3b341; --unknown-back: #272115; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 90rem; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .75rem; } h2 { font-size: 1.15rem; margin: 1.75rem 0 .5rem; }
.shares { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .5rem; padding: 0; margin: 0; list-style: none; }
.shares li { border: 1px solid var(--line); border-radius: 6px; padding: .5rem .75rem; }
.shares b { display: block; font-size: 1.25rem; font-variant-numeric: tabular-nums; } .shares span, .dim { color: var(--dim); }
progress { width: 100%; height: .4rem; accent-color: var(--yes); }
.wide { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; width: 100%; } th, td { padding: .3rem .6rem; text-align: left; vertical-align: top; white-space: nowrap; }
thead th { background: var(--head); font-weight: 600; } tbody tr { border-top: 1px solid var(--line); }
td:first-child, th:first-child { position: sticky; left: 0; background: var(--page); } thead th:first-child { background: var(--head); }
code, summary { font: 13px/1.6 ui-monospace, monospace; } summary { cursor: pointer; }
dl { margin: .3rem 0 .5rem; white-space: normal; max-width: min(34rem, 70vw); } dt { color: var(--dim); } dd { margin: 0 0 .2rem 1rem; overflow-wrap: anywhere; }
.yes, .no, .unknown { border-radius: 4px; padding: 0 .4rem; }
.yes { color: var(--yes); background: var(--yes-back); } .no { color: var(--no); background: var(--no-back); font-weight: 600; }
.unknown { color: var(--unknown); background: var(--unknown-back); } .excused { color: var(--dim); padding: 0 .4rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; } ul.names { padding-left: 1.2rem; overflow-wrap: anywhere; }
@media (max-width: 40rem) { td:first-child, th:first-child { position: static; } }
"""
_HEAD = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Coverage of metrics</title>
"""
_KEY = "? was not asked, or cannot be told; - does not count. Open a metric for what tells more of it."


def as_html(coverage: Coverage) -> str:
    """The page."""
    return "".join(_parts(coverage))


def _parts(coverage: Coverage) -> Iterator[str]:
    yield f"{_HEAD}<style>{_STYLE}</style>\n<h1>Coverage of metrics</h1>\n<ul class=shares>\n"
    for column in SHOWN:
        share = coverage.share(column)
        if share.known:
            said = f"<b>{share.percent:.0f} %</b><span>{share.having} of {share.known}</span>"
            yield f"<li><span>{column}</span>{said}<progress max={share.known} value={share.having}></progress></li>\n"
        else:
            yield f"<li><span>{column}</span><b>?</b><span>not asked</span></li>\n"
    yield f"</ul>\n<p class=dim>{_KEY}</p>\n"
    for owner, rows in groupby(coverage.rows, key=lambda row: row.owner):
        yield f"<h2>{_text(owner)}</h2>\n<div class=wide><table>\n<thead><tr><th>metric</th><th>kind</th>"
        yield "".join(f"<th>{column}</th>" for column in SHOWN)
        yield "<th class=number>series</th></tr></thead>\n<tbody>\n"
        for row in rows:
            yield from _row(row)
        yield "</tbody>\n</table></div>\n"
    if coverage.undeclared:
        yield "<h2>Used or seen, but not declared</h2>\n<ul class=names>\n"
        for each in coverage.undeclared:
            yield f"<li><code>{_text(each.name)}</code>: {_text('; '.join((*each.used_by, *each.seen)))}</li>\n"
        yield "</ul>\n"
    yield "</html>\n"


def _row(row: Row) -> Iterator[str]:
    told = [(column, row.cells[column].said) for column in SHOWN if row.cells[column].said]
    if row.path:
        told.insert(0, ("declared", (f"{row.path}:{row.line}",)))
    if row.series_each > 1:
        told.append(("series", (f"{row.series_each} for each combination of label values",)))
    details = "".join(f"<dt>{name}</dt>" + "".join(f"<dd>{_text(each)}</dd>" for each in said) for name, said in told)
    name = f"<code>{_text(row.metric)}</code>"
    yield f"<tr><td>{f'<details><summary>{_text(row.metric)}</summary><dl>{details}</dl></details>' if details else name}</td>"
    yield f"<td>{row.kind}</td>"
    for column in SHOWN:
        state = row.cells[column].state
        yield f"<td><span class={state}>{WORDS[state]}</span></td>"
    shown = series(row)
    yield f"<td class=number>{f'<span class=no>{shown}</span>' if row.is_over_budget else shown}</td></tr>\n"


def _text(text: str) -> str:
    return escape(visible(text))
