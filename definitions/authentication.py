"""Authentication: who tries to get in, who is turned away, and the tokens that are out."""

from typing import Literal

from monitoring_as_code import Alert, Counter, Gauge, Label, Labels, RuleGroup, Runbook, attempts, label, percent, requests, tokens


class Attempts(Labels):
    """How somebody tried to log in, and how it ended."""

    method: Label[str] = label(at_most=10)
    status: Label[Literal["success", "failure"]]


class Tokens(Labels):
    """What a token is for."""

    type: Label[str] = label(at_most=10)


class Endpoints(Labels):
    """What was asked for."""

    endpoint: Label[str] = label(at_most=100)


auth_attempts = Counter(name="auth_attempts_total", help="Attempts to log in.", unit=attempts, labels=Attempts)

auth_tokens = Gauge(name="auth_tokens_active", help="Tokens that are valid.", unit=tokens, labels=Tokens, least=0)

rate_limit_hits = Counter(
    name="auth_rate_limit_hits_total", help="Requests refused because there were too many.", unit=requests, labels=Endpoints
)


high_auth_failure_rate = Alert(
    name="HighAuthFailureRate",
    expr=auth_attempts.where(Attempts.status.eq("failure")).rate("5m").sum() / auth_attempts.rate("5m").sum() > percent(30),
    for_="5m",
    severity="warning",
    labels={"category": "authentication", "team": "security"},
    summary="Many attempts to log in fail",
    description="{{ $value | humanizePercentage }} of the attempts to log in fail; 30 % is the limit.",
    runbook=Runbook(
        meaning="Nearly a third of all attempts to log in fail: somebody guesses passwords, or a client has wrong ones.",
        check=(
            "Which method fails: *Attempts to log in*.",
            "Whether the attempts come from few addresses.",
            "Whether the identity provider answers.",
        ),
    ),
)

rate_limiting = Alert(
    name="RateLimitingActive",
    expr=rate_limit_hits.rate("5m").sum() > 10,
    for_="2m",
    severity="warning",
    labels={"category": "authentication", "team": "security"},
    summary="Rate limiting turns many requests away",
    description="{{ $value | humanize }} requests a second are refused by rate limiting; more than 10 is unusual.",
    runbook=Runbook(
        meaning="Clients are refused because they ask too often: an attack, or a client that retries without a pause.",
        check=("Which endpoint: *Rate limit hits*.", "The addresses in the access log.", "Whether a new release of a client is out."),
    ),
)

authentication_alerts = RuleGroup(name="authentication", rules=(high_auth_failure_rate, rate_limiting))
