"""What Grafana's own code makes of an answer by our steps: options that it does not know it passes over in silence.

Those of Grafana's application itself (`extractFields`, `joinByLabels`, `partitionByValues` ...) are not in its packages.
"""

from collections.abc import Callable
from typing import Any

import pytest

from monitoring_as_code import (
    BinaryOperation,
    Concatenate,
    ConvertFieldType,
    CreateHistogram,
    CumulativeFunction,
    FilterByRefId,
    FilterByValue,
    FilterFieldsByName,
    FormatString,
    FormatTime,
    GroupBy,
    GroupingToMatrix,
    JoinByField,
    LabelsToFields,
    Limit,
    Merge,
    Organize,
    Reduce,
    ReduceRow,
    RenameByRegex,
    RowIndex,
    SeriesToRows,
    SortBy,
    Transpose,
    UnaryOperation,
    ValueFilter,
    WindowFunction,
)
from monitoring_as_code.model.panels.drawing import Step
from monitoring_as_code.targets.grafana.overrides import step_json

Json = dict[str, Any]
Ask = Callable[..., Any]
Table = tuple[list[str], list[list[Any]]]


def frame(ref: str, **columns: list[Any]) -> Json:
    types = {"time": "time", "depot": "string", "state": "string"}
    return {"refId": ref, "fields": [{"name": name, "type": types.get(name, "number"), "values": each} for name, each in columns.items()]}


def series(ref: str, labels: dict[str, str], values: list[float]) -> Json:
    time = {"name": "time", "type": "time", "values": [1000 * (index + 1) for index in range(len(values))]}
    return {"refId": ref, "fields": [time, {"name": "value", "type": "number", "labels": labels, "values": values}]}


DEPOTS = frame("A", depot=["north", "south", "east"], used=[5, -8, 10], size=[10, 10, 40])
STATES = frame("A", depot=["north", "north", "south"], state=["sent", "lost", "sent"], count=[7, 1, 3])
FREE = frame("B", depot=["north", "west"], free=[5, 6])
TIMES = frame("A", time=[0, 86_400_000], used=[1, 2])
NORTH = series("A", {"depot": "north"}, [1, 2, 6])
SOUTH = series("B", {"depot": "south"}, [4, 8, 0])

CASES: list[tuple[Step, list[Json], list[Table]]] = [
    (
        Merge(),
        [frame("A", depot=["north"], used=[5]), frame("B", depot=["north"], free=[5])],
        [(["depot", "used", "free"], [["north", 5, 5]])],
    ),
    (
        JoinByField(field="depot", mode="inner"),
        [DEPOTS, FREE],
        [(["depot", "used", "size", "free"], [["north", 5, 10, 5]])],
    ),
    (
        JoinByField(field="depot", mode="outerTabular"),
        [frame("A", depot=["north"], used=[5]), FREE],
        [(["depot", "used", "free"], [["north", 5, 5], ["west", None, 6]])],
    ),
    (Concatenate(frame_name="drop"), [frame("A", used=[5]), frame("B", free=[6])], [(["used", "free"], [[5, 6]])]),
    (FilterByRefId(queries="B"), [DEPOTS, FREE], [(["depot", "free"], [["north", 5], ["west", 6]])]),
    (FilterByRefId(queries="A", exclude=True), [DEPOTS, FREE], [(["depot", "free"], [["north", 5], ["west", 6]])]),
    (
        LabelsToFields(),
        [series("A", {"depot": "north", "state": "sent"}, [1])],
        [(["time", "value", "depot", "state"], [[1000, 1, "north", "sent"]])],
    ),
    (
        LabelsToFields(keep=("depot",), value_label="depot"),
        [series("A", {"depot": "north", "state": "sent"}, [1])],
        [(["time", "north"], [[1000, 1]])],
    ),
    (
        GroupingToMatrix(columns="state", rows="depot", values="count", empty="zero"),
        [STATES],
        [(["depot\\state", "sent", "lost"], [["north", 7, 1], ["south", 3, 0]])],
    ),
    (
        Transpose(first="what"),
        [frame("A", depot=["north", "south"], used=[5, 8], free=[5, 2])],
        [(["what", "north", "south"], [["used", 5, 8], ["free", 5, 2]])],
    ),
    (Reduce(calculations=("max", "mean")), [frame("A", used=[1, 3])], [(["Field", "Max", "Mean"], [["used", 3, 2]])]),
    (
        Reduce(calculations=("max",), labels=True),
        [NORTH, SOUTH],
        [(["Field", "depot", "Max"], [["value", "north", 6], ["value", "south", 8]])],
    ),
    (Reduce(calculations=("sum",), as_fields=True), [frame("A", used=[1, 3], free=[2, 2])], [(["used", "free"], [[4, 4]])]),
    (
        GroupBy(by=("depot",), calculate={"count": "sum"}),
        [STATES],
        [(["depot", "count (sum)"], [["north", 8], ["south", 3]])],
    ),
    (
        SortBy(field="used", descending=True),
        [DEPOTS],
        [(["depot", "used", "size"], [["east", 10, 40], ["north", 5, 10], ["south", -8, 10]])],
    ),
    (Limit(count=1), [DEPOTS], [(["depot", "used", "size"], [["north", 5, 10]])]),
    (
        FilterByValue(filters=(ValueFilter(field="used", op=">", value=0), ValueFilter(field="size", op="!=", value=40))),
        [DEPOTS],
        [(["depot", "used", "size"], [["north", 5, 10]])],
    ),
    (
        FilterByValue(filters=(ValueFilter(field="used", op="between", value=5, to=20),), exclude=True),
        [DEPOTS],
        [(["depot", "used", "size"], [["north", 5, 10], ["south", -8, 10]])],  # the ends are not between
    ),
    (
        FilterByValue(
            filters=(ValueFilter(field="depot", op="contains", value="ou"), ValueFilter(field="depot", op="regex", value="^e")), match="any"
        ),
        [DEPOTS],
        [(["depot", "used", "size"], [["south", -8, 10], ["east", 10, 40]])],
    ),
    (
        Organize(rename={"used": "Used"}, hide=("size",), order=("used", "depot")),
        [DEPOTS],
        [(["Used", "depot"], [[5, "north"], [-8, "south"], [10, "east"]])],
    ),
    (Organize(only=("used",)), [DEPOTS], [(["used"], [[5], [-8], [10]])]),
    (FilterFieldsByName(names=("used",)), [DEPOTS], [(["used"], [[5], [-8], [10]])]),
    (FilterFieldsByName(pattern="^(depot|size)$", exclude=True), [DEPOTS], [(["used"], [[5], [-8], [10]])]),
    (RenameByRegex(regex="^u(.*)", name="U$1"), [frame("A", used=[1])], [(["Used"], [[1]])]),
    (ConvertFieldType(field="used", to="string"), [frame("A", used=[1])], [(["used"], [["1"]])]),
    (FormatTime(field="time", format="YYYY-MM-DD", timezone="utc"), [TIMES], [(["time", "used"], [["1970-01-01", 1], ["1970-01-02", 2]])]),
    (FormatString(field="depot", format="Upper Case"), [FREE], [(["depot", "free"], [["NORTH", 5], ["WEST", 6]])]),
    (FormatString(field="depot", format="Substring", start=1, end=3), [FREE], [(["depot", "free"], [["or", 5], ["es", 6]])]),
    (
        BinaryOperation(left="used", op="/", right="size", name="share"),
        [DEPOTS],
        [(["depot", "used", "size", "share"], [["north", 5, 10, 0.5], ["south", -8, 10, -0.8], ["east", 10, 40, 0.25]])],
    ),
    (
        BinaryOperation(left="used", op="*", right=1000, name="many", replace=True),
        [TIMES],
        [(["time", "many"], [[0, 1000], [86_400_000, 2000]])],
    ),
    (UnaryOperation(field="used", op="abs", name="size"), [frame("A", used=[-8])], [(["used", "size"], [[-8, 8]])]),
    (
        ReduceRow(of=("used", "size"), calculation="max", name="most"),
        [frame("A", used=[5], size=[9], more=[20])],
        [(["used", "size", "more", "most"], [[5, 9, 20, 9]])],
    ),
    (RowIndex(name="line"), [FREE], [(["depot", "free", "line"], [["north", 5, 0], ["west", 6, 1]])]),
    (CumulativeFunction(field="free", name="so far"), [FREE], [(["depot", "free", "so far"], [["north", 5, 5], ["west", 6, 11]])]),
    (
        WindowFunction(field="used", size=2, name="mean"),
        [frame("A", used=[1, 3, 5])],
        [(["used", "mean"], [[1, 1], [3, 2], [5, 4]])],
    ),
    (SeriesToRows(), [series("A", {"depot": "north"}, [1])], [(["Time", "Metric", "Value"], [[1000, "value north", 1]])]),
    (
        CreateHistogram(bucket_size=5, combine=True),
        [frame("A", used=[1, 2, 7])],
        [(["xMin", "xMax", "Count"], [[0, 5, 2], [5, 10, 1]])],
    ),
]


@pytest.mark.parametrize(("step", "answers", "made"), CASES, ids=lambda each: type(each).__name__ if isinstance(each, Step) else "")
def test_a_step_does_in_grafana_what_it_says(step: Step, answers: list[Json], made: list[Table], ask: Ask) -> None:
    found = ask("transformed", {"steps": [step_json(step)], "series": answers})
    assert [(each["columns"], each["rows"]) for each in found] == made


def test_a_step_that_is_disabled_does_nothing(ask: Ask) -> None:
    found = ask("transformed", {"steps": [step_json(Limit(count=1, disabled=True))], "series": [FREE]})
    assert found[0]["rows"] == [["north", 5], ["west", 6]]


def test_a_step_is_limited_to_the_query_that_it_names(ask: Ask) -> None:
    found = ask("transformed", {"steps": [step_json(Limit(count=1, query="A"))], "series": [DEPOTS, FREE]})
    assert [len(each["rows"]) for each in found] == [1, 2]
