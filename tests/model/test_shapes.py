"""What the courses of series are, and that promtool's engine computes from them what they say."""

import doctest
import itertools
import math
import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from monitoring_as_code import constant, engines, listed, noise, observed, per_second, ramp, restarted, spike, step
from monitoring_as_code.catalogue import bound_texts
from monitoring_as_code.model import shapes
from monitoring_as_code.model.declaration import InvalidDeclaration
from monitoring_as_code.model.shapes import Shape, Values, shares_below
from monitoring_as_code.promql import series_values, shortest
from monitoring_as_code.promql.durations import to_text
from monitoring_as_code.promql.errors import PromQLSyntaxError
from monitoring_as_code.promql.regexes import matches
from monitoring_as_code.prove.timelines import notation
from monitoring_as_code.units import Unit, bytes_, celsius, fahrenheit, milliseconds, percent, ratio, seconds

MINUTE = 60_000
numbers = st.floats(-1e6, 1e6)
moments = st.integers(1, 40).map(lambda minutes: f"{minutes}m")
simple = st.one_of(
    st.builds(constant, numbers),
    st.builds(lambda start, end, over: ramp(start, end, over=over), numbers, numbers, moments),
    st.builds(lambda before, after, at: step(before, after, at=at), numbers, numbers, moments),
    st.builds(lambda base, peak, at, lasts: spike(base, peak, at=at, lasts=lasts), numbers, numbers, moments, moments),
    st.builds(lambda around, seed: noise(around, 5, seed=seed), numbers, st.integers(0, 9)),
    st.lists(st.none() | numbers, min_size=1, max_size=9).map(lambda values: listed(*values)),
)
rates = st.builds(lambda before, after, at: step(before, after, at=at), st.floats(0, 1e3), st.floats(0, 1e3), moments)
times = st.tuples(st.integers(1, 40), st.sampled_from((15_000, MINUTE))).map(lambda said: tuple(range(0, said[0] * said[1], said[1])))


@pytest.mark.parametrize("module", [shapes, series_values, shortest])
def test_the_examples_in_the_code_are_right(module: object) -> None:
    tried = doctest.testmod(module, extraglobs=dict(vars(shapes)))  # type: ignore[arg-type]  # a module
    assert tried.attempted
    assert not tried.failed


@given(simple, times)
def test_a_shape_has_a_value_for_each_time_and_the_same_ones_again(shape: Shape, at: Sequence[int]) -> None:
    assert len(shape.values(at)) == len(at)
    assert shape.values(at) == shape.values(at)


@given(simple, simple, moments, times)
def test_what_follows_begins_as_if_it_were_the_start(first: Shape, second: Shape, at: str, when: Sequence[int]) -> None:
    moment = int(at[:-1]) * MINUTE
    before = [time for time in when if time < moment]
    both = first.then(second, at=at).values(when)
    assert both[: len(before)] == first.values(when)[: len(before)]
    assert both[len(before) :] == second.values(when[: len(when) - len(before)])


@given(simple, moments, times)
def test_what_is_missing_is_missing_and_nothing_else_changes(shape: Shape, since: str, when: Sequence[int]) -> None:
    moment = int(since[:-1]) * MINUTE
    whole = shape.values(when)
    assert shape.missing(since=since).values(when) == [value if time < moment else None for time, value in zip(when, whole, strict=True)]
    assert shape.missing(until=since).values(when) == [value if time >= moment else None for time, value in zip(when, whole, strict=True)]


@given(rates, times, st.floats(0, 1e6))
def test_a_counter_begins_at_its_start_and_never_falls(rate: Shape, when: Sequence[int], start: float) -> None:
    values = per_second(rate, start=start).values(when)
    assert values[0] == start
    assert all(before is not None and after is not None and before <= after for before, after in itertools.pairwise(values))


@given(st.floats(0, 1e3), times, moments)
def test_a_counter_that_starts_again_falls_once_and_loses_nothing_that_comes_later(rate: float, when: Sequence[int], at: str) -> None:
    moment = int(at[:-1]) * MINUTE
    assume(any(0 < time < moment for time in when))
    whole = per_second(rate).values(when)
    values = restarted(per_second(rate), at=at).values(when)
    before = sum(time < moment for time in when)
    assert values[:before] == whole[:before]
    lost = whole[before - 1]
    assert lost is not None
    assert values[before:] == pytest.approx([value - lost for value in whole[before:] if value is not None])


@given(numbers, st.floats(0, 100), st.integers(), times)
def test_noise_stays_within_its_spread(around: float, spread: float, seed: int, when: Sequence[int]) -> None:
    slack = 1e-9 * max(abs(around), spread)
    assert all(value is not None and abs(value - around) <= spread + slack for value in noise(around, spread, seed=seed).values(when))


def test_a_gap_takes_nothing_of_what_a_counter_counts() -> None:
    assert per_second(listed(1, 1, None, 1)).values(range(0, 4 * MINUTE, MINUTE)) == [0, 60, None, 180]


@pytest.mark.parametrize(
    ("shape", "unit", "values"),
    [
        (constant(milliseconds(1500)), seconds, [1.5, 1.5]),
        (constant(percent(6)), ratio, [0.06, 0.06]),
        (constant(percent(6)), None, [0.06, 0.06]),
        (step(seconds(1), milliseconds(2500), at="1m"), milliseconds, [1000, 2500]),
        (ramp(percent(0), percent(10), over="2m"), ratio, [0, 0.05]),
        (per_second(bytes_(3), start=bytes_(5)), bytes_, [5, 185]),
        (listed(seconds(1), None), milliseconds, [1000, None]),
        (constant(fahrenheit(212)), celsius, [100, 100]),
        (noise(fahrenheit(212), fahrenheit(0)), celsius, [100, 100]),
    ],
)
def test_a_quantity_becomes_a_number_in_the_metrics_unit(shape: Shape, unit: Unit | None, values: Values) -> None:
    assert shape.values([0, MINUTE], unit) == pytest.approx(values)


def test_a_quantity_of_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="% and s do not measure the same"):
        spike(percent(1), percent(2), at="1m", lasts="1m").values([0], seconds)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: per_second(-1), "a counter never falls, but its rate is -1$"),
        (lambda: per_second(1, start=-1), "a counter starts at 0 or above, and not at -1$"),
        (lambda: observed(-1, {0.5: 1}), "nothing is observed less than 0 times a second, but this says -1$"),
        (listed, "a list without a value is no series"),
        (lambda: constant(1).missing(since="5m", until="3m"), "`until` is 3m, which is not after 5m$"),
        (lambda: constant(1).missing(since="5m", until="5m"), "`until` is 5m, which is not after 5m$"),
        (lambda: noise(0, -1), "spread: .*must be at least 0"),
        (lambda: ramp(0, 1, over="0s"), "must be longer than nothing"),
        (lambda: constant("5"), "valid number"),  # type: ignore[arg-type]
        (lambda: observed(1, {}), "say at least one quantile"),
        (lambda: observed(1, {95: 1}), "95 is no quantile"),
        (lambda: observed(1, {0.5: 2, 0.9: 1}), "quantile 0.9 is 1, which is below a lower quantile"),
        (lambda: observed(1, {0.5: 2, 0.9: seconds(3)}), "some quantiles say their unit, and others do not"),
    ],
)
def test_what_makes_no_shape_is_refused_at_once(make: Callable[[], object], message: str) -> None:
    with pytest.raises(InvalidDeclaration, match=message):
        make()


def spread(draw: random.Random) -> tuple[list[float], dict[float, float]]:
    """Random buckets, and some quantiles that a random spread over them has."""
    while True:
        bounds = sorted({round(draw.uniform(0.01, 10), 3) for _ in range(draw.randint(1, 8))})
        below = sorted(draw.choice((draw.random(), draw.random(), 1.0)) for _ in bounds)
        found = {}
        for phi in sorted({round(draw.uniform(0.01, 0.99), 3) for _ in range(draw.randint(1, 4))}):
            index = next((index for index, share in enumerate(below) if share >= phi), None)
            low, start = (bounds[index - 1], below[index - 1]) if index else (0.0, 0.0)
            found[phi] = bounds[-1] if index is None else low + (bounds[index] - low) * (phi - start) / (below[index] - start)
        if all(high - low > 1e-4 for low, high in zip([0.0, *below], below, strict=False) if high != low):
            return bounds, found


def test_wherever_a_spread_has_the_quantiles_one_is_found() -> None:
    draw = random.Random(7)
    for _ in range(2000):
        bounds, quantiles = spread(draw)
        shares = shares_below(quantiles, bounds)
        assert shares == sorted(shares)
        assert 0 <= shares[0] <= shares[-1] <= 1


@pytest.mark.parametrize(
    ("quantiles", "bounds", "message"),
    [
        ({0.9: 11}, (1, 10), "quantile 0.9 cannot be 11: the last bucket ends at 10"),
        ({0.9: 0}, (1, 10), "in the first bucket `histogram_quantile` answers with values from 0 to 1"),
        ({0.9: -3}, (-2, 10), "in the first bucket `histogram_quantile` answers with -2"),
        ({0.5: 0.5, 0.9: 0.5}, (1, 10), "no spread over the buckets 1, 10 has the quantiles 0.5: 0.5, 0.9: 0.5"),
        ({0.5: 0.2, 0.9: 0.9}, (1, 10), "no spread"),
        ({0.9: 0.1, 0.95: 9.0}, (1, 10), "no spread"),
    ],
)
def test_quantiles_that_no_histogram_has_are_refused(quantiles: dict[float, float], bounds: tuple[float, ...], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        shares_below(quantiles, bounds)


def answers(folder: Path, series: dict[str, Values | str], asked: Sequence[tuple[str, int]], interval: str = "15s") -> list[float | None]:
    """What promtool's engine says of expressions, each at a time in milliseconds; None for nothing."""
    lines = [
        "evaluation_interval: 1m",
        "tests:",
        f"- interval: {interval}",
        "  input_series:",
        *(f"  - {{series: '{name}', values: '{notation(values)}'}}" for name, values in series.items()),
        "  promql_expr_test:",
        *(f"  - {{expr: '{text}', eval_time: {to_text(time)}, exp_samples: [{{labels: wrong, value: 1}}]}}" for text, time in asked),
    ]
    (folder / "test.yml").write_text("\n".join(lines))
    told = engines.require("promtool").run("test", "rules", "test.yml", cwd=folder, timeout_seconds=300).output
    blocks = re.findall(r"got:(.*)", told)
    assert len(blocks) == len(asked), told
    found = [re.search(r"\} (\S+)\s*$", block) for block in blocks]
    return [None if each is None else float(each[1].rstrip('"')) for each in found]


@pytest.mark.engines("promtool")
def test_the_engine_finds_the_quantiles_that_were_asked_for(tmp_path: Path, *, prove: bool) -> None:
    draw = random.Random(11)
    when = range(0, 11 * MINUTE, 15_000)
    series: dict[str, Values | str] = {}
    asked: list[tuple[str, int]] = []
    wanted: list[float] = []
    for number in range(1000 if prove else 60):
        bounds, quantiles = spread(draw)
        for bound, values in observed(draw.uniform(0.01, 1e4), quantiles).buckets(bounds, when).items():
            series[f'x{number}_bucket{{le="{bound_texts(bound)[0]}"}}'] = values
        for phi, value in quantiles.items():
            asked.append((f"histogram_quantile({phi}, sum by (le) (rate(x{number}_bucket[5m])))", 10 * MINUTE))
            wanted.append(value)
    assert answers(tmp_path, series, asked) == pytest.approx(wanted, rel=1e-5)


@pytest.mark.engines("promtool")
def test_the_engine_finds_the_rate_that_a_counter_was_given(tmp_path: Path) -> None:
    draw = random.Random(13)
    when = range(0, 21 * MINUTE, 15_000)
    series: dict[str, Values | str] = {}
    asked: list[tuple[str, int]] = []
    wanted: list[float] = []
    for number in range(30):
        before, after = draw.uniform(0, 100), draw.uniform(0, 100)
        counter = per_second(step(before, after, at="10m"), start=draw.uniform(1e4, 1e6))
        series[f"x{number}"] = counter.values(when)
        series[f"y{number}"] = restarted(counter, at="15m").values(when)
        for time, rate in ((9, before), (20, after)):
            asked.append((f"rate(x{number}[5m])", time * MINUTE))
            wanted.append(rate)
        # The first sample after the restart counts from zero, so nothing is lost.
        asked.append((f"rate(y{number}[4m])", 17 * MINUTE))
        wanted.append(after)
    assert answers(tmp_path, series, asked) == pytest.approx(wanted, rel=1e-3)


notations = st.lists(
    st.one_of(
        st.sampled_from(["_", "_x3", "stale", "Inf", "-Inf", "1e3", ".5", "5.", "+2", "-7"]),
        st.builds(lambda first, length: f"{first}x{length}", st.integers(-9, 9), st.integers(0, 4)),
        st.builds(lambda first, by, length: f"{first}{by:+d}x{length}", st.integers(-9, 9), st.integers(-9, 9), st.integers(0, 4)),
    ),
    min_size=1,
    max_size=6,
).map(" ".join)


@pytest.mark.engines("promtool")
def test_promtool_reads_its_notation_as_we_do(tmp_path: Path) -> None:
    texts: list[str] = []

    @given(notations)
    def collect(text: str) -> None:
        texts.append(text)

    collect()
    texts = list(dict.fromkeys(texts))[:150]
    series: dict[str, Values | str] = {f"x{number}": text for number, text in enumerate(texts)}
    # A range of the sample's own length: what was there a minute before is not seen.
    asked = [(f"last_over_time(x{number}[1s])", time * MINUTE) for number in range(len(texts)) for time in range(20)]
    wanted = [value for text in texts for value in (series_values.samples(text, 20) + [None] * 20)[:20]]
    assert answers(tmp_path, series, asked, "1m") == wanted


WRONG = ["a", "1,2", "0+60*3", "5x", "1x-2", "1+2", "stalex", "0x1f", "1 x3", "--1", "_x", "1_", "+x3", "NaN5"]


@pytest.mark.engines("promtool")
@pytest.mark.parametrize("text", WRONG)
def test_what_promtool_refuses_we_refuse(text: str, tmp_path: Path) -> None:
    with pytest.raises(PromQLSyntaxError) as told:
        series_values.runs(text)
    assert 0 <= told.value.span.start < told.value.span.end <= len(text)
    with pytest.raises(AssertionError):
        answers(tmp_path, {"x": text}, [("x", 0)])


@pytest.mark.parametrize(
    ("text", "span", "message"),
    [
        ("1 2,3", (3, 4), "`,` means nothing here"),
        ("0+60*30", (4, 5), "`*` means nothing here"),
        ("0+60x30 1x", (9, 10), "how often is said by a whole number behind `x`"),
        ("{{schema:0}}", (0, 12), "a native histogram cannot be given here"),
        ("5 stale y", (8, 9), "`y` is no sample"),
        ("1x2000000", (0, 9), "these are more than 1,000,000 samples"),
        ("  ", (0, 2), "there are no samples"),
    ],
)
def test_a_slip_is_told_at_its_character(text: str, span: tuple[int, int], message: str) -> None:
    with pytest.raises(PromQLSyntaxError) as told:
        series_values.runs(text)
    assert (told.value.span, told.value.message) == (span, message)


PATTERNS = {
    "[1-5][0-9]{2}": "100",
    "w-[0-9]+": "w-0",
    "(?:north|s)-.+": "s-a",
    "[^/]+": "a",
    r"\d{3}\.\w": "000.a",
    "[[:upper:]]{2,}": "AA",
    "(?i)abc": "abc",
    "(?P<x>a|bc)?d": "d",
    "[]x]": "]",
    r"\/api\/[a-z]*": "/api/",
    "a{0}b*c+?": "c",
    ".*": "",
}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_an_example_of_a_pattern_is_short_and_matches_it(pattern: str) -> None:
    assert shortest.shortest(pattern) == PATTERNS[pattern]
    assert matches(pattern, PATTERNS[pattern])


@pytest.mark.parametrize("pattern", ["[", r"\p{Greek}", r"\bx\b y", "a^b", "(?<!x)y"])
def test_where_no_example_is_found_nothing_is_said(pattern: str) -> None:
    found = shortest.shortest(pattern)
    assert found is None or matches(pattern, found)


def test_quantities_in_quantiles_are_those_of_the_metric() -> None:
    buckets = observed(10, {0.95: milliseconds(1500)}).buckets((1, 2, 5), [0, MINUTE], seconds)
    assert [values[-1] for values in buckets.values()] == pytest.approx([540, 600, 600, 600])
    assert math.isinf(max(buckets))
