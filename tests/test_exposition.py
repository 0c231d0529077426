"""The reader of /metrics pages takes what Prometheus takes, and refuses what it refuses at the same line."""

import re
import subprocess
from pathlib import Path

import pytest

from monitoring_as_code.exposition import ExpositionError, parse

# A page, and the line that is refused, or None.
PAGES = {
    "nothing": ("", None),
    "a blank line and a comment": ("\n# hello\n#\n", None),
    "no labels": ("up 1\n", None),
    "a comma behind the last label, blanks everywhere": (' up { a = "1" , b="2", } 1 1395066363000\n', None),
    "a blank behind the value": ("up 1 \n", 1),
    "a blank behind the time": ("up 1 5 \n", 1),
    "a number in hexadecimal": ("up 0x1p-2\n", 1),
    "no blank before the value": ('up{a="1"}1\n', None),
    "a time with a sign": ("up 1 +5\n", None),
    "a type without a name": ("# TYPE\nup 1\n", None),
    "a name without a type": ("# TYPE up\nup 1\n", None),
    "blanks before a type": ("# TYPE  up \t gauge\nup 1\n", None),
    "a blank behind a type": ("# TYPE up gauge \nup 1\n", 1),
    "escapes": ('up{a="\\"\\\\\\n}{,=#"} 1\n', None),
    "special numbers": ('x{a="1"} NaN\nx{a="2"} +Inf\nx{a="3"} -inf\nx{a="4"} 1e-3\nx{a="6"} .5\n', None),
    "a type, a help": ("# HELP x What\\nit is.\n# TYPE x counter\nx 1\n", None),
    "families that alternate": ('# TYPE a gauge\na 1\nb 1\n# HELP a Words.\na{x="1"} 2\n', None),
    "no line break at the end": ("up 1", 1),
    "an escape that is none": ('up{a="\\q"} 1\n', 1),
    "a label twice": ('up 1\nup{a="1",a="2"} 1\n', 2),
    "a type twice": ("# TYPE x gauge\n# TYPE x gauge\nx 1\n", 2),
    "a help twice": ("# HELP x a\n# HELP x b\nx 1\n", 2),
    "a type behind samples": ("x 1\n# TYPE x gauge\n", 2),
    "an unknown type": ("# TYPE x meter\n", 1),
    "no value": ('up{a="1"}\n', 1),
    "no number": ("up one\n", 1),
    "a number of Python's": ("up 1_000\n", 1),
    "a time that is no whole number": ("up 1 1.5\n", 1),
    "labels that are never closed": ('up{a="1" 1\n', 1),
    "a text that is never closed": ('up{a="1} 1\n', 1),
    "a label without quotes": ("up{a=1} 1\n", 1),
    "a name that starts with a digit": ("1up 1\n", 1),
    "an exemplar outside of OpenMetrics": ('x_total 1 # {trace="a"} 1\n', 1),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_read_or_refused_at_its_line(name: str) -> None:
    page, line = PAGES[name]
    if line is None:
        parse(page)
        return
    with pytest.raises(ExpositionError) as refused:
        parse(page)
    assert refused.value.line == line


@pytest.mark.engines("promtool")
@pytest.mark.parametrize("name", PAGES)
def test_promtool_says_the_same(name: str) -> None:
    page, line = PAGES[name]
    run = subprocess.run(["promtool", "check", "metrics"], input=page, capture_output=True, text=True, check=False)
    said = re.search(r"parsing error in line (\d+)", run.stderr)
    assert (said is None) is (line is None), run.stderr


def test_openmetrics_has_units_exemplars_and_counters_whose_series_have_a_suffix() -> None:
    families = parse('# TYPE x counter\n# UNIT x_seconds seconds\nx_total{a="1"} 5 1.5 # {trace="b"} 1 2.5\nx_created{a="1"} 1e9\n# EOF\n')
    assert [sample.name for sample in families["x"].samples] == ["x_total", "x_created"]
    assert families["x_seconds"].unit == "seconds"


def test_names_and_labels_may_be_quoted() -> None:
    sample = parse('{"http.server","code.name"="a\\"b"} 1\n')["http.server"].samples[0]
    assert sample.labels == (("code.name", 'a"b'),)


@pytest.mark.engines("promtool")
def test_pages_of_real_programs_are_read_as_promtool_reads_them(corpus: Path) -> None:
    for file in sorted((corpus / "metrics").iterdir()):
        text = file.read_text()
        run = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False)
        if "# EOF" not in text:
            assert run.returncode != 1
        assert parse(text), file.name
