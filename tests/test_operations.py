"""What the handbook of AutoWeave's stack says of it is so."""

import re
from pathlib import Path

import pytest

from tests.compose.stacks import built

PAGE = (Path(__file__).parents[1] / "docs" / "operations.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """The text below a heading, to the next one."""
    return re.split(r"^##+ ", PAGE.partition(f"# {title}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def rows(title: str) -> list[list[str]]:
    """The cells of the table below a heading, its head left out."""
    lines = [line for line in section(title).splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in re.split(r" \| ", line.strip("| "))] for line in lines[1:]]


FIELDS = [field for row in rows("More of everything") for field in re.findall(r"`(\w+=[A-Z\"][^`]+)`", row[1])]


def test_the_ways_to_grow_are_found() -> None:
    assert len(FIELDS) == 10


@pytest.mark.parametrize("field", FIELDS)
def test_each_way_to_grow_is_a_stack_that_can_be_built(field: str, tmp_path: Path) -> None:
    jobs = 'jobs=(ScrapeJob(name="shop", targets=("shop:8000",)),)'
    built(tmp_path, f'stack = Stack(name="shop", production=True, external_labels={{"cluster": "eu"}}, {jobs}, {field})')


def test_it_names_every_secret_of_production_and_no_other(root: Path) -> None:
    example = (root / "build" / "production" / ".env.example").read_text("utf-8")
    variables = {name.lower() for name in re.findall(r"^([A-Z_]+)_FILE=", example, re.MULTILINE)}
    text = section("Production, for the first time")
    listed = re.search(r"for each in (\w+_\w+ .*); do", text)
    assert listed is not None
    pairs = {f"{each}_web_users" for each in ("prometheus", "alertmanager")}
    assert {*listed[1].split(), *re.findall(r"`([a-z]+(?:_[a-z]+)+)`", text), *pairs} == variables


def test_every_secret_has_a_way_to_be_changed(root: Path) -> None:
    text = section("Changing a secret")
    example = (root / "build" / "production" / ".env.example").read_text("utf-8")
    for name in re.findall(r"^([A-Z_]+)_FILE=", example, re.MULTILINE):
        known = {"GRAFANA_PASSWORD": "Grafana's admin", "GRAFANA_DATABASE_PASSWORD": "Grafana's database"}
        assert known.get(name, name.lower().replace("alertmanager_web", "prometheus_web")) in text
