"""What happens in the platform by itself: a world in steps of a second, by chance, and the same chance for the same seed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import Literal, NamedTuple

from definitions.analytics import analytics_query_duration, events_tracked
from definitions.authentication import auth_attempts, auth_tokens, rate_limit_hits
from definitions.business import business_operations, record_business
from definitions.databases import database_errors, pool, query_duration
from definitions.integrations import integration_errors, integration_requests, integrations
from definitions.memory import memory_operations, memory_size
from definitions.pipelines import pipeline_duration, pipeline_executions, pipeline_items
from definitions.realtime import event_processing_duration, events_published, subscribers
from definitions.requests import http_requests
from definitions.services import health_checks, services, uptime

from .incidents import Incidents

SERVICES = ("shop", "accounts", "analytics", "pipelines", "search")
PIPELINES = {"invoices": 0.4, "search-index": 2.0, "reports": 0.05}  # runs a second
DATABASES = {"orders": 20, "users": 10}  # connections of the pool
INTEGRATIONS = {"stripe": "payment", "mailgun": "mail", "slack": "chat"}
TOPICS = {"order.created": ("shop", "billing"), "user.registered": ("accounts", "welcome-mail")}

Outcome = Literal["success", "failure"]


class Visit(NamedTuple):
    """A request that somebody makes of a service."""

    service: str
    method: str
    path: str


class World:
    """The platform's state, and what happens to it."""

    def __init__(self, seed: int, incidents: Incidents, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        """`sleep` is what a request waits with, so that a test need not."""
        self.incidents = incidents
        self._random = Random(seed)  # noqa: S311 - nothing depends on nobody guessing it
        self._sleep = sleep
        self._age = 0.0
        self._begin()

    def step(self, seconds: float) -> list[Visit]:
        """Let time pass; the requests that come meanwhile."""
        self._age += seconds
        self._services(seconds)
        self._databases()
        self._pipelines(seconds)
        self._events(seconds)
        self._integrations(seconds)
        self._storage(seconds)
        self._business(seconds)
        if "many-requests" in self.incidents:
            # Only counted: the machine that this runs on has better things to do than to answer them.
            http_requests.add(self._often(1200, seconds), method="GET", route="/orders/{id}", status="429", service="shop")
        if "rate-limiting" in self.incidents:
            rate_limit_hits.add(self._often(20, seconds), endpoint="/sessions")
        return self._visits(seconds)

    async def query(self, database: str, operation: str) -> None:
        """A service asks a database, and waits for the answer."""
        slow = database == "orders" and "slow-queries" in self.incidents
        taken = self._random.uniform(0.7, 1.3) if slow else self._random.lognormvariate(-5.5, 0.8)
        query_duration.observe(taken, database=database, operation=operation)
        if self._chance(0.001):
            database_errors.inc(database=database, operation=operation, error_type="timeout")
        # What waits for the database waits for it no longer than it would be patient.
        await self._sleep(min(taken, 0.2))

    async def work(self, service: str) -> int:
        """A service does its work; the status that it answers with."""
        await self._sleep(1.5 if service == "shop" and "slow-requests" in self.incidents else self._random.lognormvariate(-4, 0.5))
        return 500 if self._chance(0.25 if service == "shop" and "failing-requests" in self.incidents else 0.002) else 200

    def login(self, method: str) -> bool:
        """Somebody tries to log in; whether that went well."""
        well = not self._chance(0.6 if "failing-logins" in self.incidents else 0.05)
        auth_attempts.inc(method=method, status="success" if well else "failure")
        return well

    async def analyse(self, kind: str) -> None:
        """Somebody asks the analytics something."""
        taken = self._random.lognormvariate(-2.5, 0.7)
        analytics_query_duration.observe(taken, query_type=kind)
        await self._sleep(min(taken, 0.2))

    def _begin(self) -> None:
        """Series that Prometheus must know before something is first counted: what appears with its first event shows no increase."""
        auth_attempts.start(method="password")
        rate_limit_hits.start(endpoint="/sessions")
        for name in SERVICES:
            health_checks.start(service=name)
        for name in PIPELINES:
            pipeline_executions.start(pipeline=name)
        for name, operation in (("orders", "select"), ("orders", "insert"), ("users", "select")):
            database_errors.start(database=name, operation=operation, error_type="timeout")
        for name, kind in INTEGRATIONS.items():
            integrations.start(type=kind)
            integration_requests.start(integration=name, method="send")
            integration_errors.start(integration=name, error_type="timeout")
        for operation in ("user_signup", "revenue"):
            business_operations.start(operation=operation, status="success")
        http_requests.start(method="GET", route="/orders/{id}", status="429", service="shop")

    def _visits(self, seconds: float) -> list[Visit]:
        orders = [Visit("shop", "GET", f"/orders/{self._random.randrange(10_000)}") for _ in range(self._often(6, seconds))]
        orders += [Visit("shop", "POST", "/orders") for _ in range(self._often(1, seconds))]
        logins = [Visit("accounts", "POST", "/sessions") for _ in range(self._often(1, seconds))]
        users = [Visit("accounts", "GET", f"/users/{self._random.randrange(500)}") for _ in range(self._often(2, seconds))]
        asked = [Visit("analytics", "POST", "/queries") for _ in range(self._often(0.5, seconds))]
        # Robots, who look for what is not there.
        robots = [Visit("shop", "GET", f"/{self._random.randrange(1 << 30):x}.php") for _ in range(self._often(0.2, seconds))]
        visits = orders + logins + users + asked + robots
        self._random.shuffle(visits)
        return visits

    def _services(self, seconds: float) -> None:
        failed = 1 if "failed-service" in self.incidents else 0
        services.set(len(SERVICES) - failed, status="running")
        services.set(failed, status="failed")
        for name in SERVICES:
            ill = name == "search" and (failed or "failing-health-checks" in self.incidents)
            uptime.set(0 if name == "search" and failed else self._age, service=name)
            health_checks.add(self._often(1, seconds), service=name, status="failure" if ill else "success")

    def _databases(self) -> None:
        for name, size in DATABASES.items():
            exhausted = name == "orders" and "exhausted-pool" in self.incidents
            pool.set(size - 1 if exhausted else self._random.randint(1, size // 2), database=name, type="active")
            pool.set(size, database=name, type="total")
        for kind in ("access", "refresh"):
            auth_tokens.set(self._random.randint(80, 120), type=kind)

    def _pipelines(self, seconds: float) -> None:
        for name, rate in PIPELINES.items():
            fails = 0.9 if name == "invoices" and "failing-pipeline" in self.incidents else 0.01
            slow = name == "invoices" and "slow-pipeline" in self.incidents
            for _ in range(self._often(rate, seconds)):
                outcome: Outcome = "failure" if self._chance(fails) else "success"
                pipeline_executions.inc(pipeline=name, status=outcome)
                pipeline_duration.observe(self._random.uniform(110, 130) if slow else self._random.lognormvariate(0, 0.8), pipeline=name)
                if outcome == "success":
                    pipeline_items.add(self._random.randint(1, 20), pipeline=name, status="processed")

    def _events(self, seconds: float) -> None:
        for topic, (source, handler) in TOPICS.items():
            subscribers.set(2, topic=topic)
            for _ in range(self._often(1.5, seconds)):
                events_published.inc(topic=topic, source=source)
                event_processing_duration.observe(self._random.lognormvariate(-5, 1), topic=topic, handler=handler)
                events_tracked.inc(event_type=topic, sampled="false" if self._chance(0.1) else "true")

    def _integrations(self, seconds: float) -> None:
        for name, kind in INTEGRATIONS.items():
            integrations.set(1, type=kind, status="active")
            for _ in range(self._often(0.5, seconds)):
                well = not self._chance(0.01)
                integration_requests.inc(integration=name, method="send", status="success" if well else "failure")
                if not well:
                    integration_errors.inc(integration=name, error_type="timeout")

    def _storage(self, seconds: float) -> None:
        memory_size.set(40e6 + self._random.uniform(0, 4e6), storage_type="cache")
        for operation in ("get", "set", "delete"):
            memory_operations.add(self._often(5, seconds), storage_type="cache", operation=operation)

    def _business(self, seconds: float) -> None:
        for _ in range(self._often(0.05, seconds)):
            record_business("user_signup", "success", 1)
        for _ in range(self._often(0.2, seconds)):
            record_business("revenue", "success", round(self._random.uniform(5, 200), 2))

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _often(self, rate: float, seconds: float) -> int:
        """How often something happens in this time that happens so often in a second."""
        return int(rate * seconds + self._random.random())
