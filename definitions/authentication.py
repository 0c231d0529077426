"""Authentication: who tries to get in, who is turned away, and the tokens that are out."""

from typing import Literal

from monitoring_as_code import (
    Alert,
    Counter,
    Fires,
    Firing,
    Gauge,
    Label,
    Labels,
    Pending,
    Quiet,
    Reaches,
    Resolves,
    RuleGroup,
    Runbook,
    Scenario,
    Series,
    attempts,
    constant,
    label,
    per_second,
    percent,
    requests,
    spike,
    step,
    tokens,
)

from .monitoring import Target
from .routing import database_team, everybody, on_call, security_team


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

high_auth_failure_rate_scenarios = (
    Scenario(
        name="31 % of the attempts to log in fail",
        alert=high_auth_failure_rate,
        given=(
            Series(of=auth_attempts.where(Attempts.method.eq("password"), Attempts.status.eq("failure")), values=per_second(2.1)),
            Series(of=auth_attempts.where(Attempts.method.eq("passkey"), Attempts.status.eq("failure")), values=per_second(1)),
            Series(of=auth_attempts.where(Attempts.method.eq("password"), Attempts.status.eq("success")), values=per_second(6.9)),
        ),
        expect=(
            Pending(at="5m"),
            Fires(after="5m15s", within="5m15s"),
            Firing(at="6m", labels={"category": "authentication", "team": "security"}, count=1, annotations={"description": "31%"}),
            Reaches(receivers=(security_team,), not_to=(everybody, on_call, database_team)),
        ),
    ),
    Scenario(
        name="30 %, which is the limit",
        alert=high_auth_failure_rate,
        given=(
            Series(of=auth_attempts.where(Attempts.status.eq("failure")), values=per_second(3)),
            Series(of=auth_attempts.where(Attempts.status.eq("success")), values=per_second(7)),
        ),
        # Not earlier: a rate of less than five minutes of samples is rounded to either side of the limit.
        expect=(Quiet(at="5m15s", until="15m"),),
    ),
    Scenario(
        name="nobody logs in",
        alert=high_auth_failure_rate,
        given=(
            Series(of=auth_attempts.where(Attempts.status.eq("failure")), values=constant(40)),
            Series(of=auth_attempts.where(Attempts.status.eq("success")), values=constant(60)),
        ),
        expect=(Quiet(at="0s", until="10m"),),
    ),
    Scenario(
        name="somebody guesses passwords, and gives up",
        alert=high_auth_failure_rate,
        given=(
            Series(of=auth_attempts.where(Attempts.status.eq("failure")), values=per_second(spike(0.1, 50, at="5m", lasts="5m"))),
            Series(of=auth_attempts.where(Attempts.status.eq("success")), values=per_second(5)),
        ),
        expect=(Quiet(at="4m45s"), Pending(at="6m"), Firing(at="12m"), Resolves(by="15m30s")),
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

rate_limiting_scenarios = (
    Scenario(
        name="10.5 requests a second are refused, at two endpoints of two backends",
        alert=rate_limiting,
        given=(
            Series(of=rate_limit_hits.where(Endpoints.endpoint.eq("/login")), values=per_second(step(0, 8, at="5m"))),
            Series(
                of=rate_limit_hits.where(Endpoints.endpoint.eq("/search"), Target.instance.eq("backend-2:3001")),
                values=per_second(step(0, 2.5, at="5m")),
            ),
        ),
        expect=(
            Quiet(at="0s", until="9m"),
            Fires(after="11m", within="12m15s"),
            Firing(
                at="13m",
                labels={"category": "authentication", "team": "security"},
                count=1,
                annotations={"description": "10.5 requests a second"},
            ),
            Reaches(receivers=(security_team,), not_to=(everybody, on_call, database_team)),
        ),
    ),
    Scenario(
        name="10 requests a second, which is the limit",
        alert=rate_limiting,
        given=(
            Series(of=rate_limit_hits.where(Endpoints.endpoint.eq("/login")), values=per_second(8.25)),
            Series(of=rate_limit_hits.where(Endpoints.endpoint.eq("/search")), values=per_second(1.75)),
        ),
        expect=(Quiet(at="0s", until="15m"),),
    ),
    Scenario(
        name="the client that asked too often waits",
        alert=rate_limiting,
        given=(Series(of=rate_limit_hits, values=per_second(step(2000, 0, at="8m"))),),
        expect=(
            Fires(after="2m15s", within="2m15s"),
            Firing(at="7m", annotations={"description": "2k requests a second"}),
            Firing(at="12m15s"),
            Resolves(by="13m15s"),
        ),
    ),
)

authentication_alerts = RuleGroup(name="authentication", rules=(high_auth_failure_rate, rate_limiting))
