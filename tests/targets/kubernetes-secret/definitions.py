from monitoring_as_code import Email, PagerDuty, Receiver, Route, Routing, Slack, Smtp, TimeInterval, TimeRange

# What an AlertmanagerConfig could not say.
nights = TimeInterval(name="nights", times=(TimeRange(start="00:00", end="06:00"),), location="Europe/Paris")

team = Receiver(name="team", integrations=(Slack(channel="#team", api_url_file="/etc/keys/slack"), Email(to="team@post.example")))
on_call = Receiver(name="on-call", integrations=(PagerDuty(),))
routing = Routing(
    receiver=team,
    resolve_timeout="10m",
    routes=(Route(matchers=('severity="critical"',), receiver=on_call, mute_time_intervals=(nights,)),),
    smtp=Smtp(smarthost="smtp.post.example:587", sender="alerts@post.example", username="alerts"),
)
