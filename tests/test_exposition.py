"""The reader of /metrics pages takes what Prometheus takes, and refuses what it refuses at the same line."""

import random
import re
import subprocess
from pathlib import Path

import pytest

from monitoring_as_code.exposition import ExpositionError, Page, parse

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
    "a help without a blank behind the sign": ("#HELP up a\n#HELP up b\nup 1\n", 2),
    "a type in capitals": ("# TYPE up GAUGE\nup 1\n", None),
    "an escape in a help that is none": ("# HELP up a\\q\nup 1\n", 1),
    "a help of a part is one of the whole": ("# TYPE s summary\n# HELP s a\n# HELP s_count b\n", 3),
    "a bound that is no number": ('# TYPE h histogram\nh_bucket{le="a"} 1\n', 2),
    "a bound that is empty": ('# TYPE h histogram\nh_bucket{le=""} 1\n', 2),
    "a bound of what is no histogram": ('h_bucket{le="a"} 1\n', None),
    "a quantile that is no number": ('# TYPE s summary\ns{quantile="a"} 1\n', 2),
    "a number that is too large": ("up 1e400\n", 1),
    "a sign before what is no number": ("up +nan\n", 1),
    "a time that is too large": ("up 1 9223372036854775808\n", 1),
    "a carriage return": ("up 1\r\n", 1),
    "digits of another script": ("up \uff11\n", 1),
    "a small number above the line": ("up \u00b2\n", 1),
    "a comma before the first label": ('up{,a="1"} 1\n', 1),
    "two commas": ('up{a="1",,b="2"} 1\n', 1),
    "a colon in the name of a label": ('up{a:b="1"} 1\n', 1),
    "text behind the time": ("up 1 5 6\n", 1),
    "blanks alone at the end": ("up 1\n  ", None),
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


_SEED = """\
# HELP a_total What it is.
# TYPE a_total counter
a_total{x="1",y="b c"} 5
a_total{x="2",y="d\\n"} 6 1395066363000
# TYPE h histogram
h_bucket{le="0.1"} 1
h_bucket{le="+Inf"} 2
h_sum 3.5
h_count 2
# TYPE s summary
s{quantile="0.5"} 1e-3
s_sum 3
s_count 2
# HELP g G\\\\g
# TYPE g gauge
g NaN
u{} -Inf
"""
_PIECES = (
    *'"\\\n{},= \t#1-_.;:²',
    *(
        "# TYPE g gauge\n",
        "# HELP g x\n",
        "# TYPE h_count counter\n",
        "TYPE",
        "HELP",
        'le="x"',
        "0x1p3",
        "+Inf",
        "infinity",
        "+nan",
        "1e400",
    ),
    *(
        "é",
        '__name__="x"',
        'x="1"',
        'quantile="q"',
        "\\q",
        '\\"',
        "\r",
        "1_0",
        "\uff11",
        "\x0b",
        "99999999999999999999",
        ".5",
        "5.",
        "Gauge",
    ),
    *(
        "gauge_histogram",
        "info",
        'h_sum{le="z"} 1\n',
        's_count{quantile="z"} 1\n',
        "#TYPE q gauge\n",
        "a_total 5\n",
        "1.5",
        "a:b 1\n",
        "0b1",
    ),
)


def _mutant(chance: random.Random) -> str:
    lines = _SEED.split("\n")
    kept = chance.sample(range(len(lines)), 3)
    text = "\n".join(line for number, line in enumerate(lines) if number in kept or chance.random() < 0.6) + "\n"
    for _ in range(chance.choice((1, 1, 2, 3))):
        at, length = chance.randrange(len(text) + 1), chance.randint(0, 3)
        text = text[:at] + chance.choice(("", *_PIECES)) + text[at + length :]
    return text


@pytest.mark.engines("promtool")
def test_promtool_refuses_the_same_of_what_is_nearly_a_page_at_the_same_line(*, prove: bool) -> None:
    """A page that ends like OpenMetrics is none to promtool, so it is left out."""
    chance = random.Random(5)
    refused = 0
    for _ in range(3000 if prove else 150):
        page = _mutant(chance)
        run = subprocess.run(["promtool", "check", "metrics"], input=page.encode(), capture_output=True, check=False)
        said = re.search(rb"parsing error in line (\d+)", run.stderr)
        try:
            parse(page)
            mine = None
        except ExpositionError as error:
            mine = error.line
        assert mine == (None if said is None else int(said[1])), page
        refused += mine is not None
    assert refused > 50


def test_openmetrics_that_does_not_end_is_refused() -> None:
    page = Page(openmetrics=True)
    assert len(list(page.samples(["a 1", ""]))) == 1
    assert [(fault.line, fault.message) for fault in page.faults] == [(1, "OpenMetrics ends in a line `# EOF`")]


def test_a_reader_goes_on_behind_what_is_refused_and_says_which_characters_are_wrong() -> None:
    page = Page()
    lines = ['a{x="1"} 1', 'a{x="\\q"} 2', 'a{x="3"} three', 'a{x="4"} 4', ""]
    assert [(values, value, line) for _, values, value, line in page.samples(lines)] == [(("1",), 1.0, 1), (("4",), 4.0, 4)]
    assert [(fault.line, lines[fault.line - 1][fault.start : fault.end]) for fault in page.faults] == [(2, "\\q"), (3, "three")]
    assert page.refused == 2


def test_series_whose_labels_are_in_another_order_are_the_same_and_labels_without_a_value_are_none() -> None:
    lines = ['a{x="1",y="2"} 1', 'a{y="4",x="3"} 1', 'a{y="6",x="5"} 1', 'a{x="7",y="8",z=""} 1', 'a{x="9",y="0",z=""} 1', ""]
    found = [(series, values) for series, values, *_ in Page().samples(lines)]
    assert len({series for series, _ in found}) == 1
    assert [values for _, values in found] == [("1", "2"), ("3", "4"), ("5", "6"), ("7", "8"), ("9", "0")]


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
