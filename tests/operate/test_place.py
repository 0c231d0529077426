"""Each environment of each checkout has a place of its own, and all of a project are found again."""

from pathlib import Path

import pytest

from monitoring_as_code.operate.place import Place, place_of, places_of


@pytest.fixture(autouse=True)
def state_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


def test_no_two_environments_and_no_two_checkouts_share_a_place(tmp_path: Path) -> None:
    roots = [tmp_path / each / "shop" for each in "ab"]
    places = [Place(str(root), environment).folder for root in roots for environment in (None, "local", "production")]
    assert len(set(places)) == len(places)


def test_those_of_a_project_are_found_and_no_others(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    made = [(ours, None), (ours, "local"), (ours, "production"), (theirs, "local"), (theirs, None)]
    for root, environment in made:
        Place(str(root), environment).make()
    found = {(each.root, each.environment) for each in places_of(str(ours))}
    assert found == {(str(ours), environment) for root, environment in made if root == ours}
    assert places_of(str(tmp_path / "nowhere")) == []


@pytest.mark.parametrize("environment", [None, "local"])
def test_whose_stack_a_path_is_of_is_told_with_its_environment(tmp_path: Path, environment: str | None) -> None:
    place = Place(str(tmp_path / "shop"), environment)
    assert place_of(str(place.data_of("prometheus"))) is None
    place.make()
    found = place_of(str(place.data_of("prometheus")))
    assert found is not None
    assert (found.root, found.environment, found.folder) == (place.root, environment, place.folder)
    assert place_of(str(tmp_path / "elsewhere")) is None


def test_a_folder_that_was_copied_elsewhere_is_no_place(tmp_path: Path, state_home: Path) -> None:
    place = Place(str(tmp_path / "shop"), "local")
    place.make()
    place.folder.rename(state_home / "mac" / "a-copy")
    assert places_of(str(tmp_path / "shop")) == []
