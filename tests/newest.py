"""The newest engines in place of those that are installed: MAC_NEWEST names a folder with their programs, as packages unpack them.

Debian's packages for its next release can be unpacked beside those installed: `apt-get download promtool`, then `dpkg -x`.
"""

import os
from pathlib import Path

import pytest

from monitoring_as_code.engines import find
from monitoring_as_code.engines.program import EngineName, variable

_FILES: dict[EngineName, tuple[str, ...]] = {"alertmanager": ("alertmanager", "prometheus-alertmanager")}


def use_newest(monkeypatch: pytest.MonkeyPatch, *names: EngineName) -> None:
    """Whatever asks for one of these gets it from that folder; the test is skipped if nobody has said which one it is."""
    folder = os.environ.get("MAC_NEWEST")
    if not folder:
        pytest.skip("MAC_NEWEST names no folder with the newest programs")
    for name in names:
        files = _FILES.get(name, (name,))
        # A package also has a script of that name, which starts and stops the server.
        places = [Path(folder), *Path(folder).rglob("bin")]
        found = [path for file in files for place in places if (path := place / file).is_file() and os.access(path, os.X_OK)]
        assert found, f"there is no {name} in {folder}"
        monkeypatch.setenv(variable(name), str(found[0]))
        assert find(name) is not None
