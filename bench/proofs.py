"""How long `mac test` takes: `python -m bench.proofs [scenarios]` on a generated project, `--project DIR` on another one."""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HEAD = """\
from monitoring_as_code import *


class Http(Labels):
    service: Label[str]
    status: Label[str] = label(pattern="[1-5][0-9]{2}")


requests = Counter(name="http_requests_total", help="Requests.", labels=Http)
errors = RecordingRule(
    name="service:errors:ratio_rate5m",
    help="Share of requests that fail.",
    unit=ratio,
    expr=requests.where(Http.status.matches("5..")).rate("5m").sum(by=(Http.service,)) / requests.rate("5m").sum(by=(Http.service,)),
)
routing = Routing(receiver=Receiver(name="chat", integrations=(Slack(channel="#shop"),)))


def given(bad: float) -> tuple[Series, ...]:
    return tuple(Series(of=requests.where(Http.status.eq(status)), values=per_second(rate)) for status, rate in (("200", 100 - bad), ("503", bad)))


"""
PAIR = """\
alert_{n} = Alert(name="Failing{n}", expr=errors > {limit}, for_="5m", severity="warning", labels={{"part": "{n}"}}, summary="{{{{ $value }}}}")
over_{n} = Scenario(name="over", alert=alert_{n}, given=given(6 + {n} / 100), expect=(Fires(within="8m"), Reaches(receivers=("chat",))))
under_{n} = Scenario(name="under", alert=alert_{n}, given=given(4 + {n} / 100), expect=(Quiet(),))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenarios", type=int, nargs="?", default=100)
    parser.add_argument("--project", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        project = options.project or Path(folder)
        if options.project is None:
            (project / "definitions").mkdir()
            pairs = (PAIR.format(n=number, limit=0.05 + number / 10_000) for number in range(options.scenarios // 2))
            (project / "definitions" / "shop.py").write_text(HEAD + "".join(pairs), "utf-8")
        for _ in range(options.rounds):
            started = time.perf_counter()
            done = subprocess.run(
                [sys.executable, "-m", "monitoring_as_code", "-C", str(project), "test"], capture_output=True, text=True, check=False
            )
            print(f"{time.perf_counter() - started:.2f} s: {done.stdout.splitlines()[-1]}")


if __name__ == "__main__":
    main()
