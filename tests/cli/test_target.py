"""`--target`: what is made and checked for other versions than pyproject.toml says, this time."""

from pathlib import Path

import pytest

from tests.cli.test_cli import Mac

DEFINITIONS = """\
from monitoring_as_code import MSTeams, Receiver, Routing, ScrapeJob, Stack

stack = Stack(
    name="shop",
    jobs=(ScrapeJob(name="shop", targets=("shop:80",), fallback_scrape_protocol="PrometheusText0.0.4"),),
)
routing = Routing(receiver=Receiver(name="team", integrations=(MSTeams(),)))
"""


@pytest.fixture
def mac(root: Path, tmp_path: Path) -> Mac:
    made = Mac(root, tmp_path)
    made.define(DEFINITIONS)
    return made


NEW = ("--target", "prometheus=3.5", "--target", "alertmanager=0.28")


def test_what_is_too_new_is_said_unless_the_target_is_as_new(mac: Mac) -> None:
    done = mac("lint")
    assert done.returncode == 1
    assert "`fallback_scrape_protocol` needs Prometheus 3.0, but this must run on 2.42" in done.stdout
    assert "`MSTeams` needs Alertmanager 0.28, but this must run on 0.25" in done.stdout
    done = mac("lint", "--target", "prometheus=3.5", "--target", "alertmanager=0.27.1")
    assert "fallback_scrape_protocol" not in done.stdout
    assert "`MSTeams` needs Alertmanager 0.28, but this must run on 0.27.1" in done.stdout
    assert "version-field" not in mac("lint", *NEW).stdout


def test_a_build_for_a_target_is_written_and_pyproject_toml_makes_it_last(mac: Mac) -> None:
    assert mac("build").returncode == 1
    assert not (mac.project / "build").exists()
    done = mac("build", *NEW)
    assert done.returncode == 0, done.stdout
    assert 'to keep this, write under [tool.mac]: prometheus-version = "3.5", alertmanager-version = "0.28"\n' in done.stderr
    assert "msteamsv2_configs" in (mac.project / "build" / "alertmanager" / "alertmanager.yml").read_text()
    assert mac("build", "--check", *NEW).returncode == 0
    (mac.project / "pyproject.toml").write_text('[tool.mac]\nprometheus-version = "3.5"\nalertmanager-version = "0.28"\n')
    done = mac("build")
    assert done.returncode == 0
    assert done.stderr.startswith("0 written, 0 removed")


def test_lint_for_a_target_does_not_look_at_what_was_built(mac: Mac) -> None:
    (mac.project / "build").mkdir()
    assert "stale-artifact" in mac("build", "--check", *NEW).stdout
    assert "stale-artifact" not in mac("lint", *NEW).stdout


def test_grafana_is_said_in_either_way(mac: Mac) -> None:
    assert mac("build", *NEW, "--target", "grafana=12").returncode == 0
    assert mac("build", "--check", *NEW, "--grafana", "12").returncode == 0
    assert mac("build", "--check", *NEW, "--grafana", "12", "--target", "grafana=12").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("build", "--target", "prometheus"), "`prometheus` names no program with a version"),
        (("lint", "--target", "mimir=2"), "`mimir=2` names no program with a version"),
        (("build", "--target", "prometheus=2.41"), "must be at least `2.42`: what is made here runs on no older Prometheus"),
        (("lint", "--target", "alertmanager=0.24"), "must be at least `0.25`"),
        (("build", "--target", "prometheus=new"), "must be a version such as `2.42` or `3.5.1`"),
        (("build", "--target", "grafana=10"), 'must be `"11"`, `"12"` or `"13"`'),
        (("build", "--target", "prometheus=3.5", "--target", "prometheus=3.6"), "`prometheus` is there twice, as 3.5 and as 3.6"),
        (("build", "--grafana", "12", "--target", "grafana=11"), "`grafana` is there twice, as 12 and as 11"),
        (("build", "--resources", "v1", "--target", "grafana=11"), "Grafana 11 takes classic dashboards only"),
        (("lint", "--target", "prometheus=3.5", "rules.yml"), "`--target` is about the definitions"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(arguments: tuple[str, ...], message: str, mac: Mac) -> None:
    done = mac(*arguments)
    assert done.returncode == 2
    assert message in " ".join(done.stderr.split())
    assert not (mac.project / "build").exists()
