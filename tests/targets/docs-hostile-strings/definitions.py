"""What is only text stays text in the pages, whatever it is made of."""

from monitoring_as_code import AccessPoint, Alert, Gauge, Label, Labels, Receiver, Route, Routing, Runbook, Slack, Stack, label


class Odd(Labels):
    kind: Label[str] = label(values=("a|b", "`c`", "", "<d>", "e\nf"), pattern="x|`y``z`")


odd = Gauge(name="odd", help="a | b `c` <script>alert(1)</script> [x](http://y) *z* _w_ $1$\nnext ``` line", labels=Odd)

alert = Alert(
    name="<img src=x> | [a](b)",
    expr='odd{kind=~"a\\\\|b|```"} > 1',
    severity="warning",
    labels={"note": "a|b `c`"},
    summary="# no heading | <b>",
    description="1. no list",
    runbook=Runbook(
        meaning="Code `a < b` stays, <script>x</script> does not.\n\n```\nif a < b & c\n```",
        check=("Look at `x | y`.\nThen at <this>.",),
        fix=("- nothing",),
    ),
)
elsewhere = Alert(name="Elsewhere", expr="odd > 2", severity="info", summary="x", runbook="https://wiki.example/a (b)|c<d>")

receiver = Receiver(name="a | `b` <c>", integrations=(Slack(channel="#a|b`c"),))
routing = Routing(receiver=receiver, routes=(Route(matchers=('x="``` </pre> | "',)),))

stack = Stack(name="<shop>", access_points=(AccessPoint(service="a|b", url="http://localhost:1/<x>", credentials="`root`"),))
