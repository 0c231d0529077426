"""One process scraped twice, by what the stack declares: every sum over it counts double."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.conform.finding import Finding
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitoring_as_code.model.stack import ScrapeJob

_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "[::1]", "0.0.0.0"})  # noqa: S104 - as people write it


def scraped_twice(jobs: Iterable[ScrapeJob]) -> Iterator[Finding]:
    """Each page that is scraped by two targets of the jobs."""
    seen: dict[tuple[str, str, str], tuple[ScrapeJob, str]] = {}
    for job in jobs:
        for target in job.targets:
            key = job.scheme, address(job.scheme, target), job.metrics_path
            known = seen.setdefault(key, (job, target))
            if known[0] is job and known[1] == target:
                continue
            other, name = known
            message = f"`{target}{job.metrics_path}` is scraped twice: by the job `{other.name}`" + (
                f" and the job `{job.name}`" if other is not job else f", which calls it `{name}`, too"
            )
            yield Finding(
                "scraped-twice",
                message,
                None,
                "leave it to one job: sums count it double",
                None,
                ((Place(job.origin), "scraped here"), (Place(other.origin), "and here")),
            )


def address(scheme: str, target: str) -> str:
    """A target's address in one spelling."""
    host, colon, port = target.rpartition(":")
    if not colon or not port.isdigit():
        host, port = target, "443" if scheme == "https" else "80"
    return f"{'localhost' if host.lower() in _THIS_MACHINE else host.lower()}:{port}"
