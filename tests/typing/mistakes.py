"""Mistakes that an editor shows while they are typed.

Each line that ends in a comment is one; the lines below it hold what mypy and pyright say of it (a part of the message). Nothing else in
this file may have a finding.
"""

from typing import Literal

from monitoring_as_code import (
    Alert,
    Business,
    Counter,
    Dashboard,
    Firing,
    Gauge,
    Histogram,
    Info,
    Label,
    Labels,
    Receiver,
    RecordingRule,
    Route,
    Row,
    RuleGroup,
    Scenario,
    Series,
    Slack,
    Stack,
    TimeSeries,
    by_env,
    constant,
    label,
    percent,
    rate_interval,
    seconds,
)


class Http(Labels):
    """The labels of the examples."""

    method: Label[Literal["GET", "POST"]]
    status: Label[str] = label(pattern="[1-5][0-9]{2}")


class Operations(Labels):
    """The labels of business operations."""

    operation: Label[str]
    status: Label[str]


class Build(Labels):
    """What a build says."""

    version: Label[str]


served = Counter(name="http_requests_total", help="Requests served.", labels=Http)
latency = Histogram(name="http_request_duration_seconds", help="Time to last byte.", unit=seconds, labels=Http, buckets=(0.1, 1.0))
active = Gauge(name="http_requests_active", help="Requests in flight.", labels=Http)
queue = Gauge(name="queue_length", help="Mails to send.")
operations = Counter(name="operations_total", help="What was done.", labels=Operations)
build = Info(name="build_info", help="What runs.", labels=Build)
record_business = Business(operations=operations)
busy = Alert(name="Busy", expr=active > 100, severity="warning", summary="Busy")

served.where(Http.methd.eq("GET"))  # a label that is misspelt
# by mypy: "type[Http]" has no attribute "methd"
# by pyright: Cannot access attribute "methd" for class "type[Http]"

served.where(Http.method.eq("GOT"))  # a value that the label cannot have
# by mypy: Argument 1 to "eq" of "LabelName" has incompatible type "Literal['GOT']"; expected "Literal['GET', 'POST']"
# by pyright: "Literal['GOT']" is not assignable to type "Literal['GET']"

active.where(Http.method.one_of("GET", "PUT"))  # one of several values that the label cannot have
# by mypy: Argument 2 to "one_of" of "LabelName" has incompatible type "Literal['PUT']"
# by pyright: "Literal['PUT']" is not assignable to type "Literal['GET']"

served.where(Http.method == "GET")  # == in place of .eq()
# by mypy: Argument 1 to "where" of "CounterOperators" has incompatible type "bool"; expected "Matcher"
# by pyright: Argument of type "bool" cannot be assigned to parameter "matchers" of type "Matcher"

served.rate("5m").sum(by=(Http.metod,))  # a grouping label that is misspelt
# by mypy: "type[Http]" has no attribute "metod"
# by pyright: Cannot access attribute "metod" for class "type[Http]"

served.rate("5m").sum(by="method")  # text where a tuple of labels belongs
# by mypy: Argument "by" to "sum" of "VectorOperators" has incompatible type "str"
# by pyright: "Literal['method']" is not assignable to "tuple[AnyLabel, ...]"

active.rate("5m")  # the rate of a gauge
# by mypy: has no attribute "rate"
# by pyright: Cannot access attribute "rate" for class "Gauge[(*, method: Literal['GET', 'POST'], status: str)]"

served > 100  # a counter compared as it stands
# by mypy: Unsupported operand types for < ("int" and "Counter[
# by pyright: Operator ">" not supported for types

served.sum()  # a counter added up as it stands
# by mypy: has no attribute "sum"
# by pyright: Cannot access attribute "sum" for class "Counter[

latency > seconds(1)  # a histogram compared, not one of its quantiles
# by mypy: Unsupported operand types for < ("Quantity" and "Histogram[
# by pyright: Operator ">" not supported for types

served.rate(5)  # a window without a unit
# by mypy: Argument 1 to "rate" of "CounterOperators" has incompatible type "int"; expected "str | GrafanaDuration"
# by pyright: "Literal[5]" is not assignable to "str"

active + "5"  # arithmetic with text
# by mypy: Unsupported operand types for + ("Gauge[
# by pyright: Operator "+" not supported for types

Alert(name="A", expr=served.rate("5m"), severity="warning", summary="s")  # an alert without a comparison
# by mypy: Argument "expr" to "Alert" has incompatible type "Vector"; expected "Condition | str"
# by pyright: "Vector" is not assignable to "Condition"

Alert(name="A", expr=active > 1, severity="urgent", summary="s")  # a severity that there is not
# by mypy: Argument "severity" to "Alert" has incompatible type "Literal['urgent']"
# by pyright: "Literal['urgent']" is not assignable to type "Literal['critical']"

Alert(name="A", expr=active > 1, severity="warning")  # an alert that says nothing
# by mypy: Missing named argument "summary" for "Alert"
# by pyright: Argument missing for parameter "summary"

Alert(name="A", expr=active > 1, severity="warning", summary="s", For="5m")  # an argument that there is not
# by mypy: Unexpected keyword argument "For" for "Alert"
# by pyright: No parameter named "For"

Alert(name="A", expr=active > 1, severity="warning", summary="s", for_=5)  # a duration as a number
# by mypy: Argument "for_" to "Alert" has incompatible type "int"; expected "str"
# by pyright: "Literal[5]" is not assignable to "str"

Counter(name="c_total", help="c", labels=Slack)  # labels that are no labels
# by mypy: Argument "labels" to "Counter" has incompatible type "type[Slack]"
# by pyright: Type "type[Slack]" is not assignable to type

Counter(name="c_total", help="c", unit="seconds")  # a unit as text
# by mypy: Argument "unit" to "Counter" has incompatible type "str"; expected "Unit | None"
# by pyright: "Literal['seconds']" is not assignable to "Unit"

Histogram(name="h", help="h", buckets=[0.1, 1])  # buckets that could change
# by mypy: Argument "buckets" to "Histogram" has incompatible type "list[float]"; expected "tuple[float, ...]"
# by pyright: "list[float | int]" is not assignable to "tuple[float, ...]"

RecordingRule(name="a:b:c", expr=served)  # a metric recorded as it stands
# by mypy: Argument "expr" to "RecordingRule" has incompatible type "Counter[
# by pyright: is not assignable to "Vector"

RuleGroup(name="g", rules=(served,))  # a metric among rules
# by mypy: Argument "rules" to "RuleGroup" has incompatible type "tuple[Counter[
# by pyright: is not assignable to "Alert"

Route(receiver=Slack(channel="#a"))  # an integration where a receiver belongs
# by mypy: Argument "receiver" to "Route" has incompatible type "Slack"; expected "Receiver | str | None"
# by pyright: "Slack" is not assignable to "Receiver"

Receiver(name="r", integrations=Slack(channel="#a"))  # one integration in place of a tuple
# by mypy: Argument "integrations" to "Receiver" has incompatible type "Slack"; expected "tuple[Integration, ...]"
# by pyright: "Slack" is not assignable to "tuple[Instance[Integration], ...]"

Row(title="r", panels=(busy,))  # an alert among panels
# by mypy: Argument "panels" to "Row" has incompatible type "tuple[Alert]"; expected "tuple[Panel, ...]"
# by pyright: "Alert" is not assignable to "Panel"

TimeSeries(title="t", expr=served.rate(rate_interval), alert="Busy")  # an alert by its name
# by mypy: Argument "alert" to "TimeSeries" has incompatible type "str"; expected "Alert | tuple[Alert, ...] | None"
# by pyright: "Literal['Busy']" is not assignable to "Alert"

Dashboard(name="d", uid="d", rows=(TimeSeries(title="t"),))  # panels without a row
# by mypy: Argument "rows" to "Dashboard" has incompatible type "tuple[TimeSeries]"; expected "tuple[Row, ...]"
# by pyright: "TimeSeries" is not assignable to "Row"

percent("5")  # a quantity of text
# by mypy: Argument 1 to "__call__" of "Unit" has incompatible type "str"; expected "float"
# by pyright: "Literal['5']" is not assignable to "float"

Series(of=active.max(), values=constant(5))  # what was computed in place of a metric
# by mypy: Argument "of" to "Series" has incompatible type "Vector"
# by pyright: Argument of type "Vector" cannot be assigned to parameter "of"

Series(of=active, values=5)  # a number in place of a shape
# by mypy: Argument "values" to "Series" has incompatible type "int"; expected "Shape | Observations | str"
# by pyright: Argument of type "Literal[5]" cannot be assigned to parameter "values"

constant("5")  # text in place of a number
# by mypy: Argument 1 to "constant" has incompatible type "str"; expected "float | Quantity"
# by pyright: "Literal['5']" is not assignable to "Quantity"

Scenario(name="s", alert=busy, expect=Firing(at="5m"))  # one expectation in place of a tuple
# by mypy: Argument "expect" to "Scenario" has incompatible type "Firing"; expected "tuple[Expectation, ...]"
# by pyright: "Firing" is not assignable to "tuple[Instance[Expectation], ...]"

# What an application records.

served.inc(method="GOT", status="200")  # a value that the label cannot have
# by mypy: Argument "method" to "inc" of "Counter" has incompatible type "Literal['GOT']"; expected "Literal['GET', 'POST']"
# by pyright: Argument of type "Literal['GOT']" cannot be assigned to parameter "method" of type "Literal['GET', 'POST']"

served.inc(method="GET")  # a label that is missing
# by mypy: Missing named argument "status" for "inc" of "Counter"
# by pyright: Argument missing for parameter "status"

served.inc(method="GET", status="200", route="/")  # a label that there is not
# by mypy: Unexpected keyword argument "route" for "inc" of "Counter"
# by pyright: No parameter named "route"

served.inc("GET", "200")  # labels by position
# by mypy: Too many positional arguments for "inc" of "Counter"
# by pyright: Expected 0 positional arguments

served.inc(method="GET", status=200)  # a number in place of text
# by mypy: Argument "status" to "inc" of "Counter" has incompatible type "int"; expected "str"
# by pyright: "Literal[200]" is not assignable to "str"

served.add("2", method="GET", status="200")  # an amount of text
# by mypy: Argument 1 to "add" of "Counter" has incompatible type "str"; expected "float"
# by pyright: "Literal['2']" is not assignable to "float"

served.set(5, method="GET", status="200")  # a counter that is set
# by mypy: has no attribute "set"
# by pyright: Cannot access attribute "set" for class "Counter[

served.dec(method="GET", status="200")  # a counter that goes down
# by mypy: has no attribute "dec"
# by pyright: Cannot access attribute "dec" for class "Counter[

active.set(method="GET", status="200")  # a gauge set to nothing
# by mypy: Too few arguments for "set" of "Gauge"
# by pyright: Expected 1 more positional argument

active.observe(5, method="GET", status="200")  # a gauge that observes
# by mypy: has no attribute "observe"
# by pyright: Cannot access attribute "observe" for class "Gauge[

latency.inc(method="GET", status="200")  # a histogram that counts
# by mypy: has no attribute "inc"
# by pyright: Cannot access attribute "inc" for class "Histogram[

latency.observe("0.2", method="GET", status="200")  # an observation of text
# by mypy: Argument 1 to "observe" of "Histogram" has incompatible type "str"; expected "float"
# by pyright: "Literal['0.2']" is not assignable to "float"

latency.observe(0.2, method="get", status="200")  # the same label in small letters
# by mypy: Argument "method" to "observe" of "Histogram" has incompatible type "Literal['get']"
# by pyright: "Literal['get']" is not assignable to type "Literal['GET']"

latency.time(method="GET")  # a timer without a label
# by mypy: Missing named argument "status" for "time" of "Histogram"
# by pyright: Argument missing for parameter "status"

latency.observe_with("4bf92f", 0.2, method="GET", status="200")  # an exemplar without a name
# by mypy: Argument 1 to "observe_with" of "Histogram" has incompatible type "str"; expected "Mapping[str, str] | None"
# by pyright: "Literal['4bf92f']" is not assignable to "Mapping[str, str]"

active.each(Http.method).set({"GET": 1, "GOT": 2}, status="200")  # a member that the label does not have
# by mypy: Dict entry 1 has incompatible type "Literal['GOT']": "int"; expected "Literal['GET', 'POST']": "float"
# by pyright: "Literal['GOT']" is not assignable to type "Literal['GET']"

build.set(version=3)  # what an info says as a number
# by mypy: Argument "version" to "set" of "Info" has incompatible type "int"; expected "str"
# by pyright: "Literal[3]" is not assignable to "str"

queue.set(5, name="mails")  # a label of a metric that has none
# by mypy: Unexpected keyword argument "name" for "set" of "Gauge"
# by pyright: No parameter named "name"

Gauge(name="g", help="g", multiprocess="all")  # a label `pid` that nobody declared
# by mypy: Argument "multiprocess" to "Gauge" has incompatible type "Literal['all']"
# by pyright: "Literal['all']" is not assignable to type "Multiprocess"

label(values=("a", "b"), other=3)  # a number in place of text
# by mypy: Argument "other" to "label" has incompatible type "int"; expected "str | None"
# by pyright: "Literal[3]" is not assignable to "str"

record_business("signup")  # an operation of which nobody knows how it ended
# by mypy: Missing positional argument "status" in call to "__call__" of "Business"
# by pyright: Argument missing for parameter "status"

record_business("signup", "success", "1")  # a value of text
# by mypy: Argument 3 to "__call__" of "Business" has incompatible type "str"; expected "float | None"
# by pyright: "Literal['1']" is not assignable to "float"

Stack(name="s", retention=by_env("30d", local="2d"), external_labels=by_env({"zone": "a"}, local={}))  # these are none
Alert(name="Some", expr=by_env(active > 5, local="jobs_active > 1"), for_=by_env("5m", local="1m"), severity="info", summary="s")
Row(title="r", panels=by_env(local=(), production=(TimeSeries(title="t", expr=active),)))

Stack(name="s", retention=by_env("30d", local=2))  # a number of one environment
# by mypy: Argument "retention" to "Stack" has incompatible type "str | int"; expected "str"
# by pyright: Argument of type "str | int" cannot be assigned to parameter "retention"

percent(by_env(local="5", production=5))  # text of one environment
# by mypy: incompatible type "object"; expected "float"
# by pyright: "str" is not assignable to "float"

by_env("30d", "2d", local="1d")  # two defaults
# by mypy: No overload variant of "by_env" matches argument types "str", "str", "str"
# by pyright: No overloads for "by_env" match the provided arguments
