from monitoring_as_code import (
    Alert,
    Dashboard,
    Email,
    Gauge,
    Inhibition,
    PagerDuty,
    Receiver,
    RecordingRule,
    Route,
    Routing,
    Row,
    RuleGroup,
    ScrapeJob,
    Slack,
    Smtp,
    Stack,
    TimeInterval,
    TimeRange,
    TimeSeries,
    Webhook,
    seconds,
)

waiting = Gauge(name="parcels_waiting", help="Parcels that wait.")
age = Gauge(name="parcels_oldest_age_seconds", help="Age of the oldest parcel.", unit=seconds)
total = RecordingRule(name="job:parcels_waiting:sum", expr=waiting.sum(by=("job",)))

jam = Alert(
    name="ParcelJam",
    expr=waiting > 100,
    for_="5m",
    keep_firing_for="10m",
    severity="critical",
    summary="{{ $value }} parcels wait",
    description="on: \"yes\" 'no' # é \\ \t {{ $labels.instance }}\nsecond line",
    labels={"team": "on"},
    runbook="https://runbooks.example/jam",
)
old = Alert(name="OldParcels", expr="parcels_oldest_age_seconds > 3600", for_="15m", severity="warning", summary="Parcels get old")
rare = RuleGroup(name="rare", rules=(old,), interval="5m")

overview = Dashboard(
    name="Parcels & Ünïcode",
    uid="Parcels_1",
    folder="Post: parcels",
    rows=(Row(title="Waiting", panels=(TimeSeries(title='= "quoted" \u2028 \x7f é 🚚', expr=waiting, description="a\n\n  b\n"),)),),
)

parcels = ScrapeJob(name="parcels", targets=("parcels:8000", "parcels-batch:8001"), labels={"env": "a$1 b"}, scrape_timeout="5s")
stack = Stack(
    name="Post Office",
    scrape_interval="15s",
    evaluation_interval="30s",
    jobs=(
        parcels,
        ScrapeJob(name="sorter", targets=("sorter.depot.svc.cluster.local:9100", "10.0.0.7:9100"), scheme="https"),
        ScrapeJob(name="scales", targets=("scales.example:80",), metrics_path="/status", honor_labels=True, scrape_interval="1m"),
        ScrapeJob(name="prometheus", targets=("localhost:9090",)),
    ),
    alertmanagers=("alertmanager-operated:9093",),
)

nights = TimeInterval(
    name="nights and weekends",
    times=(TimeRange(start="00:00", end="06:00"), TimeRange(start="22:00", end="24:00")),
    weekdays=("Monday:friday", "sunday"),
    days_of_month=("1:7", "-1"),
    months=("January:march", "12"),
    years=("2026:2030",),
)
office = TimeInterval(name="office", weekdays=("monday:friday",), location="UTC")

everybody = Receiver(name="everybody", integrations=(Slack(channel="#parcels", username="mac", icon_emoji=":truck:"),))
on_call = Receiver(name="on: call", integrations=(PagerDuty(class_="parcels", details={"a": "=", "on": "{{ .Status }}"}),))
letters = Receiver(name="letters", integrations=(Email(to=("a@post.example", "b@post.example"), headers={"X-Team": "post"}),))
robot = Receiver(
    name="robot",
    integrations=(
        Webhook(url="https://robot.example/alerts", max_alerts=10, bearer_token_file="/run/secrets/robot_token", send_resolved=False),
    ),
)
routing = Routing(
    receiver=everybody,
    group_by=("alertname", "job"),
    routes=(
        Route(matchers=('severity="critical"',), receiver=on_call, continue_=True, group_wait="10s"),
        Route(
            matchers=('team=~"on|off"', 'env!=""', 'job!~"a.*"'),
            receiver=letters,
            mute_time_intervals=(nights,),
            routes=(Route(matchers=('alertname="Old \\"Parcels\\" \\\\ \\n"',), group_by=("...",), active_time_intervals=(office,)),),
        ),
        Route(receiver=robot, repeat_interval="1d"),
    ),
    inhibitions=(
        Inhibition(source=('severity="critical"',), target=('severity="warning"',), equal=("job", "instance")),
        Inhibition(source=('team="on"', 'env="a"'), target=('alertname="OldParcels"',)),
    ),
    smtp=Smtp(smarthost="smtp.post.example:587", sender="alerts@post.example", username="alerts"),
)
