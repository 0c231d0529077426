"""What Alertmanager and Prometheus would refuse at their start is refused at the argument; what they take is taken."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from monitoring_as_code import (
    Email,
    Inhibition,
    PagerDuty,
    Receiver,
    Route,
    Routing,
    ScrapeJob,
    Slack,
    Smtp,
    Stack,
    Telegram,
    TimeInterval,
    TimeRange,
    Webhook,
    engines,
)
from monitoring_as_code.model.declaration import InvalidDeclaration
from monitoring_as_code.yaml_text import to_yaml

Fields = dict[str, Any]

# Fields of a time interval, and what is said of the wrong one; amtool refuses them too.
WRONG_TIMES: list[tuple[str, str, str]] = [
    ("weekdays", "friday:monday", "ends before it starts"),
    ("weekdays", "mon", "no weekday"),
    ("weekdays", "1", "no weekday"),
    ("weekdays", "monday:tuesday:friday", "no range"),
    ("days_of_month", "0", "no day of a month"),
    ("days_of_month", "32", "no day of a month"),
    ("days_of_month", "-32", "no day of a month"),
    ("days_of_month", "5:1", "ends before it starts"),
    ("days_of_month", "-1:5", "ends before it starts"),
    ("days_of_month", "-1:-5", "ends before it starts"),
    ("days_of_month", "x", "no day of a month"),
    ("days_of_month", "28:-1", "ends before it starts"),
    ("months", "jan", "no month"),
    ("months", "march:january", "ends before it starts"),
    ("years", "2031:2030", "ends before it starts"),
    ("years", "soon", "no year"),
]
RIGHT_TIMES: list[tuple[str, str]] = [
    *(("weekdays", each) for each in ("monday", "Monday:FRIDAY", "sunday:saturday", "friday:friday")),
    *(("days_of_month", each) for each in ("1", "31", "-1", "-31", "1:31", "-5:-1", "1:-1", "27:-1", "-2")),
    *(("months", each) for each in ("1", "12", "january", "December", "1:3", "may:august", "5:july")),
    *(("years", each) for each in ("2030", "2030:2031", "1999")),
]


def accepted(folder: Path, config: dict[str, Any]) -> bool:
    """Whether amtool takes a configuration with these parts."""
    text = to_yaml({"route": {"receiver": "x"}, "receivers": [{"name": "x"}], **config})
    (folder / "alertmanager.yml").write_text(text)
    return engines.amtool.check_config([folder / "alertmanager.yml"]) == []


@pytest.mark.engines("amtool")
@pytest.mark.parametrize("field, value, said", WRONG_TIMES)
def test_a_wrong_time_is_refused_as_amtool_refuses_it(field: str, value: str, said: str, tmp_path: Path) -> None:
    fields: Fields = {field: (value,)}
    with pytest.raises(InvalidDeclaration, match=said) as raised:
        TimeInterval(name="x", **fields)
    assert raised.value.error.errors()[0]["loc"] == (field, 0)
    assert not accepted(tmp_path, {"time_intervals": [{"name": "x", "time_intervals": [{field: [value]}]}]})


@pytest.mark.engines("amtool")
@pytest.mark.parametrize("field, value", RIGHT_TIMES)
def test_a_time_that_amtool_takes_is_taken(field: str, value: str, tmp_path: Path) -> None:
    fields: Fields = {field: (value,)}
    TimeInterval(name="x", **fields)
    assert accepted(tmp_path, {"time_intervals": [{"name": "x", "time_intervals": [{field: [value]}]}]})


@pytest.mark.engines("amtool")
@pytest.mark.parametrize(
    "start, end, right",
    [
        *[
            ("09:00", "17:00", True),
            ("00:00", "24:00", True),
            ("23:59", "24:00", True),
            ("9:00", "17:00", False),
            ("09:00", "09:00", False),
        ],
        *[("22:00", "06:00", False), ("24:00", "24:00", False), ("10:60", "11:00", False), ("10:00", "25:00", False), ("x", "y", False)],
    ],
)
def test_a_range_of_hours_is_right_if_amtool_says_so(start: str, end: str, right: bool, tmp_path: Path) -> None:
    times = [{"start_time": start, "end_time": end}]
    assert accepted(tmp_path, {"time_intervals": [{"name": "x", "time_intervals": [{"times": times}]}]}) is right
    if right:
        TimeRange(start=start, end=end)
    else:
        with pytest.raises(InvalidDeclaration):
            TimeRange(start=start, end=end)


WRONG: dict[str, tuple[Callable[[], object], str]] = {
    "an interval without a time": (lambda: TimeInterval(name="x", location="UTC"), "which would be always"),
    "a month that Alertmanager takes and never reaches": (lambda: TimeInterval(name="x", months=("13",)), "no month"),
    "no time zone": (lambda: TimeInterval(name="x", years=("2030",), location="Europe/Berln"), "no time zone"),
    "a matcher": (lambda: Route(matchers=("severity",)), "one of `=`"),
    "a matcher's expression": (lambda: Route(matchers=('a=~"("',)), "RE2 refuses"),
    "an inhibition's matcher": (lambda: Inhibition(source=("a b",), target=('a="b"',)), "one of `=`"),
    "an inhibition of everything": (lambda: Inhibition(source=(), target=('a="b"',)), "at least 1 item"),
    "equal": (lambda: Inhibition(source=('a="b"',), target=('a="c"',), equal=("a-b",)), "no label name"),
    "a label grouped by twice": (lambda: Routing(receiver="x", group_by=("a", "a")), "there twice"),
    "all labels and one more": (lambda: Route(group_by=("...", "a")), "no label name"),
    "a duration": (lambda: Routing(receiver="x", repeat_interval="4 hours"), "no duration"),
    "a server without a port": (lambda: Smtp(smarthost="mail", sender="a@b"), "String should match"),
    "a webhook's scheme": (lambda: Webhook(url="bot:8080/x"), "no address of a webhook"),
    "a webhook that is nowhere": (lambda: Webhook(timeout="5s"), "give one of them"),
    "a webhook at two places": (lambda: Webhook(url="http://bot/", url_file="/run/secrets/bot"), "give one of them"),
    "no chat": (lambda: Telegram(chat_id=0), "is no chat"),
    "a protocol twice": (
        lambda: ScrapeJob(name="x", targets=("a:1",), scrape_protocols=("PrometheusProto", "PrometheusProto")),
        "a protocol twice",
    ),
    "a page without a size": (lambda: ScrapeJob(name="x", targets=("a:1",), body_size_limit="big"), "String should match"),
    "a webhook's password": (lambda: Webhook(url="http://me:secret@bot/"), "readable in the artifact"),
    "no channel": (lambda: Slack(channel=""), "at least 1 character"),
    "a secret in place of its file": (
        lambda: Slack(channel="#a", api_url_file="https://hooks.example/services/T0/B0/x"),
        "readable in the artifact",
    ),
    "a secret's path in place of its file": (lambda: Slack(channel="#a", api_url_file="/services/T0/B0/x"), "looks like the secret itself"),
    "a key in place of its file": (lambda: PagerDuty(routing_key_file="0123456789abcdef0123456789abcdef"), "readable in the artifact"),
    "a key that looks like a path": (lambda: PagerDuty(routing_key_file="/run/0123456789abcdef0123456789abcdef"), "the secret itself"),
    "a password in place of its file": (
        lambda: Smtp(smarthost="a:25", sender="a@b.example", password_file="hunter2"),
        "readable in the artifact",
    ),
    "a token's folder": (lambda: Webhook(url="http://bot:8080/", bearer_token_file="/run/secrets/"), "no path of a file"),
    "PagerDuty's severity": (lambda: PagerDuty(severity="page"), "knows no severity `page`"),
    "a line break in a subject": (lambda: Email(to="a@b.example", subject="x\r\ny"), "a header is one line"),
    "a line break in a header": (lambda: Email(to="a@b.example", headers={"X-A": "a\nBcc: c@d.example"}), "a header is one line"),
    "a line break in a header's name": (lambda: Email(to="a@b.example", headers={"X\nY": "a"}), "no name of a header"),
    "a line break in an address": (lambda: Email(to="a@b.example\nBcc: c@d.example"), "a header is one line"),
    "a header that is there twice": (lambda: Email(to="a@b.example", headers={"X-A": "a", "x-a": "b"}), "there twice"),
    "a subject among the headers": (lambda: Email(to="a@b.example", headers={"subject": "a"}), "said by `subject`"),
    "nobody to write to": (lambda: Email(to=()), "names nobody"),
    "e-mail without a server": (
        lambda: Routing(receiver="x", routes=(Route(routes=(Route(receiver=Receiver(name="team", integrations=(Email(to="a@b"),))),)),)),
        "`team` gets e-mail, but no `smtp`",
    ),
    "a field of another's": (lambda: PagerDuty(service_key="x"), "Extra inputs"),  # type: ignore[call-arg]
    "a target with a scheme": (lambda: ScrapeJob(name="x", targets=("http://a:1",)), "no address"),
    "a target with a path": (lambda: ScrapeJob(name="x", targets=("a:1/metrics",)), "no address"),
    "a target without a port": (lambda: ScrapeJob(name="x", targets=("a",)), "no address"),
    "a port that is none": (lambda: ScrapeJob(name="x", targets=("a:70000",)), "no address"),
    "a path": (lambda: ScrapeJob(name="x", targets=("a:1",), metrics_path="metrics?a=b"), "no path"),
    "waiting longer than the interval": (
        lambda: ScrapeJob(name="x", targets=("a:1",), scrape_interval="10s", scrape_timeout="1m"),
        "longer than the scrape interval",
    ),
    "a job that waits longer than the stack's interval": (
        lambda: Stack(name="x", scrape_interval="15s", jobs=(ScrapeJob(name="slow", targets=("a:1",), scrape_timeout="20s"),)),
        "`slow` waits `20s`",
    ),
    "what Prometheus 3 expands": (lambda: Stack(name="x", external_labels={"a": "$HOME"}), "Prometheus 3"),
    "docs that are nowhere": (lambda: Stack(name="x", docs_url="docs.example"), "no web address"),
}


@pytest.mark.parametrize("what", WRONG)
def test_refused_is(what: str) -> None:
    make, said = WRONG[what]
    with pytest.raises(InvalidDeclaration, match=said):
        make()


def test_all_that_is_right_is_taken() -> None:
    team = Receiver(name="team")
    Routing(receiver=team, group_by=("...",), routes=(Route(group_by=()), Route(matchers=("a=b", ' c =~ "d|e" '))))
    Stack(
        name="x",
        jobs=(ScrapeJob(name="x", targets=("[::1]:9100", "a.b-c_d:1", "10.0.0.1:65535"), scrape_interval="10s", scrape_timeout="10s"),),
        docs_url="https://docs.example/x/",
    )
