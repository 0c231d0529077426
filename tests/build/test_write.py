"""`write` makes build/ exactly the plan, and touches nothing that is not its own."""

import errno
import fcntl
import os
import threading
from pathlib import Path

import pytest

from monitoring_as_code.build import BrokenManifestError, CannotWriteError, write
from monitoring_as_code.build.manifest import MANIFEST, STAGING, read_manifest

Tree = dict[str, str]

FIRST: Tree = {"README.md": "one\n", "rules/a.yml": "a: 1\n", "rules/b.yml": "b: 1\n"}


def plan(tree: Tree) -> dict[str, bytes]:
    return {path: tree[path].encode() for path in sorted(tree)}


def below(folder: Path) -> Tree:
    """All files and links, without the manifest, and the empty folders with a slash behind them."""
    found: Tree = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_dir():
            if not any(path.iterdir()):
                found[f"{name}/"] = ""
        elif name != MANIFEST:
            found[name] = path.read_text()
    return found


@pytest.fixture
def build(tmp_path: Path) -> Path:
    return tmp_path / "build"


def test_the_first_build_writes_all_of_it(build: Path) -> None:
    done = write(str(build), plan(FIRST))
    assert (done.written, done.removed, done.unchanged) == (tuple(sorted(FIRST)), (), 0)
    assert below(build) == FIRST


def test_the_same_plan_again_changes_nothing_on_disk(build: Path) -> None:
    write(str(build), plan(FIRST))
    before = {path: path.stat().st_mtime_ns for path in build.rglob("*")}
    done = write(str(build), plan(FIRST))
    assert (done.written, done.removed, done.unchanged) == ((), (), 3)
    assert {path: path.stat().st_mtime_ns for path in build.rglob("*")} == before


def test_a_build_with_nothing_to_do_needs_no_permission_to_write(build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(str(build), plan(FIRST))

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    for name in ("mkdir", "replace", "unlink", "rmdir", "write"):
        monkeypatch.setattr(os, name, refuse)
    assert write(str(build), plan(FIRST)).unchanged == 3


@pytest.mark.parametrize(
    ("second", "written", "removed"),
    [
        ({**FIRST, "rules/a.yml": "a: 2\n"}, ("rules/a.yml",), ()),
        ({"README.md": "one\n"}, (), ("rules/a.yml", "rules/b.yml")),
        ({**FIRST, "deep/er/c.yml": "c\n"}, ("deep/er/c.yml",), ()),
        ({"README.md/inside.md": "in\n"}, ("README.md/inside.md",), ("README.md", "rules/a.yml", "rules/b.yml")),
        ({"README.md": "one\n", "rules": "no folder any more\n"}, ("rules",), ("rules/a.yml", "rules/b.yml")),
        ({}, (), ("README.md", "rules/a.yml", "rules/b.yml")),
    ],
    ids=["one-changed", "a-folder-goes", "a-folder-comes", "a-file-becomes-a-folder", "a-folder-becomes-a-file", "all-go"],
)
def test_the_second_build_writes_and_removes_what_differs(
    build: Path, second: Tree, written: tuple[str, ...], removed: tuple[str, ...]
) -> None:
    write(str(build), plan(FIRST))
    done = write(str(build), plan(second))
    assert (done.written, done.removed, done.problems) == (written, removed, ())
    assert below(build) == second
    assert set(read_manifest(str(build / MANIFEST)) or ()) == set(second)


def test_a_file_edited_by_hand_is_built_again(build: Path) -> None:
    write(str(build), plan(FIRST))
    (build / "rules/a.yml").write_text("by hand\n")
    assert write(str(build), plan(FIRST)).written == ("rules/a.yml",)
    assert below(build) == FIRST


def test_files_of_others_stay_and_keep_their_folder(build: Path) -> None:
    write(str(build), plan(FIRST))
    (build / "rules/theirs.yml").write_text("theirs\n")
    (build / "notes.txt").write_text("notes\n")
    write(str(build), plan({"README.md": "one\n"}))
    assert below(build) == {"README.md": "one\n", "rules/theirs.yml": "theirs\n", "notes.txt": "notes\n"}


def test_a_file_of_others_with_the_wanted_content_is_adopted(build: Path) -> None:
    build.mkdir()
    (build / "README.md").write_text("one\n")
    assert write(str(build), plan(FIRST)).unchanged == 1
    assert "README.md" in (read_manifest(str(build / MANIFEST)) or ())


def foreign_file(build: Path) -> None:
    (build / "README.md").write_text("theirs\n")


def folder_where_a_file_goes(build: Path) -> None:
    (build / "README.md").mkdir()
    (build / "README.md/theirs").write_text("theirs\n")


def file_where_a_folder_goes(build: Path) -> None:
    (build / "rules").write_text("theirs\n")


def link_to_a_file(build: Path) -> None:
    (build.parent / "outside.md").write_text("outside\n")
    (build / "README.md").symlink_to("../outside.md")


def link_to_a_folder(build: Path) -> None:
    (build.parent / "outside").mkdir()
    (build / "rules").symlink_to("../outside")


def dangling_link(build: Path) -> None:
    (build / "README.md").symlink_to("nowhere")


def pipe(build: Path) -> None:
    os.mkfifo(build / "README.md")


def manifest_is_a_folder(build: Path) -> None:
    (build / MANIFEST).mkdir()


def manifest_is_a_link(build: Path) -> None:
    (build.parent / "outside.md").write_text("outside\n")
    (build / MANIFEST).symlink_to("../outside.md")


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        (foreign_file, "`README.md` is needed for an artifact, but a file stands there that mac did not make"),
        (folder_where_a_file_goes, "`README.md` is needed for an artifact, but a folder stands there"),
        (file_where_a_folder_goes, "`rules` must be a folder for artifacts, but a file stands there"),
        (link_to_a_file, "`README.md` is needed for an artifact, but a symbolic link stands there"),
        (link_to_a_folder, "`rules` must be a folder for artifacts, but a symbolic link stands there"),
        (dangling_link, "`README.md` is needed for an artifact, but a symbolic link stands there"),
        (pipe, "`README.md` is needed for an artifact, but no regular file stands there"),
        (manifest_is_a_folder, "`manifest.json` is needed for the manifest, but a folder stands there"),
        (manifest_is_a_link, "`manifest.json` is needed for the manifest, but a symbolic link stands there"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_not_ours_and_stands_in_the_way_is_a_finding_and_nothing_is_written(build: Path, prepare: object, message: str) -> None:
    build.mkdir()
    assert callable(prepare)
    prepare(build)
    before = sorted(build.parent.rglob("*"))
    done = write(str(build), plan(FIRST))
    assert [each.message for each in done.problems] == [message]
    assert all(each.rule == "foreign-file" and each.help and each.location for each in done.problems)
    assert sorted(build.parent.rglob("*")) == before


TORN = "the manifest is torn: "


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", TORN),
        ('{"manifest": 1, "files": {"README.md": {"sha2', TORN),
        ("[]", "this is no manifest of mac"),
        ('{"name": "app"}', "this is no manifest of mac"),
        ('{"manifest": true, "files": {}}', "this is no manifest of mac"),
        ('{"manifest": 2, "files": {}}', "the manifest has form 2, but this mac knows forms up to 1"),
        ('{"manifest": 1}', "the manifest does not list files"),
        (
            '{"manifest": 1, "files": {"../precious": {"sha256": "", "size": 0}}}',
            "the manifest's entry `../precious` is none that mac writes",
        ),
        ('{"manifest": 1, "files": {"/precious": {"sha256": "", "size": 0}}}', "the manifest's entry `/precious` is none that mac writes"),
        ('{"manifest": 1, "files": {"README.md": []}}', "the manifest's entry `README.md` is none that mac writes"),
        ("\udcff", TORN),
        ("[" * 100_000, TORN),
    ],
)
def test_a_manifest_that_cannot_be_trusted_is_a_finding_and_nothing_is_written(build: Path, content: str, message: str) -> None:
    build.mkdir()
    precious = build.parent / "precious"
    precious.write_text("precious\n")
    (build / MANIFEST).write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(BrokenManifestError) as caught:
        write(str(build), plan(FIRST))
    finding = caught.value.finding
    assert finding.message.startswith(message)
    assert finding.rule == "broken-manifest"
    assert finding.help
    assert precious.read_text() == "precious\n"
    assert below(build) == {}


def test_after_a_merge_conflict_in_the_manifest_the_files_of_both_sides_are_ours(build: Path) -> None:
    ours, theirs = {**FIRST, "ours.yml": "ours\n"}, {**FIRST, "rules/a.yml": "a: 3\n", "theirs.yml": "theirs\n"}
    write(str(build), plan(ours))
    left = (build / MANIFEST).read_text()
    write(str(build), plan(theirs))
    right = (build / MANIFEST).read_text()
    (build / "ours.yml").write_text("ours\n")
    (build / MANIFEST).write_text(f"<<<<<<< HEAD\n{left}=======\n{right}>>>>>>> theirs\n")
    done = write(str(build), plan(FIRST))
    assert (done.written, done.removed, done.problems) == (("rules/a.yml",), ("ours.yml", "theirs.yml"), ())
    assert below(build) == FIRST


@pytest.mark.parametrize("call", ["write", "open"])
def test_a_full_disk_leaves_what_was_there_and_says_so(build: Path, call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write(str(build), plan(FIRST))
    before = below(build)
    real = getattr(os, call)
    calls = 0

    def full(*arguments: object) -> object:
        nonlocal calls
        writing = call == "write" or (len(arguments) == 3)
        calls += writing
        if writing and calls == 3:
            raise OSError(errno.ENOSPC, "No space left on device", *(() if call == "write" else (arguments[0],)))
        return real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        with pytest.raises(CannotWriteError, match="cannot be written: No space left on device"):
            write(str(build), plan({**FIRST, "README.md": "two\n", "rules/a.yml": "a: 2\n", "rules/c.yml": "c\n"}))
    assert below(build) == before


def test_a_file_where_build_must_be_is_said(build: Path) -> None:
    build.write_text("a file\n")
    with pytest.raises(CannotWriteError, match="build` cannot be written: something else than a folder stands there"):
        write(str(build), plan(FIRST))
    assert build.read_text() == "a file\n"


def test_a_folder_that_may_not_be_written_is_said(build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str, *_: object) -> None:
        raise PermissionError(errno.EROFS, "Read-only file system", path)

    build.mkdir()
    monkeypatch.setattr(os, "mkdir", refuse)
    with pytest.raises(CannotWriteError, match="cannot be written: Read-only file system"):
        write(str(build), plan(FIRST))


def test_what_somebody_put_into_the_staging_folder_stays(build: Path) -> None:
    (build / STAGING).mkdir(parents=True)
    (build / STAGING / "precious").write_text("precious\n")
    (build / STAGING / "0").write_text("left by a build that was killed\n")
    write(str(build), plan(FIRST))
    assert below(build) == {**FIRST, f"{STAGING}/precious": "precious\n"}


def test_two_builds_at_once_end_in_one_of_both(build: Path) -> None:
    one, other = {**FIRST, **{f"one/{n}.yml": "1\n" for n in range(60)}}, {**FIRST, **{f"other/{n}.yml": "2\n" for n in range(60)}}
    failed = []

    def again(tree: Tree) -> None:
        try:
            for _ in range(8):
                write(str(build), plan(tree))
        except Exception as error:  # noqa: BLE001 - whatever a thread raises, the test shows
            failed.append(error)

    threads = [threading.Thread(target=again, args=(tree,)) for tree in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert below(build) in (one, other)
    assert set(read_manifest(str(build / MANIFEST)) or ()) == set(below(build))


def test_a_build_waits_for_another_one_says_so_and_leaves_no_lock_behind(build: Path) -> None:
    write(str(build), {})
    waiting = threading.Event()
    thread = threading.Thread(target=write, args=(str(build), plan(FIRST)), kwargs={"waiting": waiting.set})
    folder = os.open(build, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    thread.start()
    assert waiting.wait(timeout=30)
    assert below(build) == {}
    os.close(folder)
    thread.join(timeout=30)
    assert below(build) == FIRST
