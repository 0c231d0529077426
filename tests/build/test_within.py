"""A build of one environment leaves the others' files alone, on the disk and in the manifest, whatever happened before."""

import os
from pathlib import Path

import pytest

from monitoring_as_code.build import freshness, write
from monitoring_as_code.build.manifest import MANIFEST, read_manifest

Files = dict[str, bytes]

BOTH: Files = {"local/a.yml": b"a: 1\n", "local/b.yml": b"b: 1\n", "production/a.yml": b"a: 2\n"}
LOCAL: Files = {"local/a.yml": b"a: 3\n", "local/c.yml": b"c: 1\n"}


def below(build: Path) -> Files:
    files = {path.relative_to(build).as_posix(): path.read_bytes() for path in sorted(build.rglob("*")) if path.is_file()}
    assert set(read_manifest(str(build / MANIFEST)) or ()) >= files.keys() - {MANIFEST}, "all of it is ours"
    return {path: content for path, content in files.items() if path != MANIFEST}


@pytest.fixture
def build(tmp_path: Path) -> Path:
    return tmp_path / "build"


def test_only_what_is_within_is_written_removed_and_checked(build: Path) -> None:
    write(str(build), BOTH)
    assert freshness(str(build), LOCAL, "local/") != []
    done = write(str(build), LOCAL, within="local/")
    assert (done.written, done.removed) == (("local/a.yml", "local/c.yml"), ("local/b.yml",))
    assert below(build) == {**LOCAL, "production/a.yml": b"a: 2\n"}
    assert freshness(str(build), LOCAL, "local/") == []
    assert [each.message for each in freshness(str(build), BOTH)] == [
        "`local/b.yml` is missing",
        "`local/a.yml` was built from other definitions",
        "`local/c.yml` is no longer made by the definitions",
    ]


def test_what_was_changed_by_hand_elsewhere_is_no_matter_of_this_environment(build: Path) -> None:
    write(str(build), BOTH)
    (build / "production" / "a.yml").write_bytes(b"mine\n")
    local = {path: content for path, content in BOTH.items() if path.startswith("local/")}
    assert freshness(str(build), local, "local/") == []
    assert write(str(build), local, within="local/").written == ()
    assert (build / "production" / "a.yml").read_bytes() == b"mine\n"
    assert [each.message for each in freshness(str(build), BOTH)] == ["`production/a.yml` was changed after it was built"]


@pytest.mark.parametrize("before", [{}, {"docs/README.md": b"old\n", "prometheus/rules/a.yml": b"old\n"}], ids=["nothing", "one-tree"])
def test_the_first_environment_is_built_beside_what_there_was_and_all_of_them_end_it(build: Path, before: Files) -> None:
    write(str(build), before)
    write(str(build), LOCAL, within="local/")
    assert below(build) == {**before, **LOCAL}
    write(str(build), BOTH)
    assert below(build) == BOTH
    write(str(build), before)
    assert below(build) == before
    assert {path.name for path in build.iterdir()} == {MANIFEST, *(path.partition("/")[0] for path in before)}


class Killed(BaseException):
    """What no code of ours handles."""


@pytest.mark.parametrize("then", [{"production/a.yml": b"a: 4\n"}, {}], ids=["changed", "emptied"])
@pytest.mark.parametrize("steps", range(3))
def test_after_a_build_of_one_that_was_killed_another_one_keeps_what_it_wrote_as_ours(
    build: Path, steps: int, then: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(str(build), BOTH)
    left = steps + 1  # the journal is renamed first
    real = os.replace

    def replace(source: str, target: str) -> None:
        nonlocal left
        if not left:
            raise Killed
        left -= 1
        real(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", replace)
        with pytest.raises(Killed):
            write(str(build), LOCAL, within="local/")
    assert write(str(build), then, within="production/").problems == ()
    found = below(build)
    assert {path: content for path, content in found.items() if path.startswith("production/")} == then
    assert write(str(build), BOTH).problems == (), "what the killed build made is known as ours"
    assert below(build) == BOTH
