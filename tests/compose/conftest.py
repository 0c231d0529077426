"""The shells that entrypoints must run in."""

import os
import shutil
import subprocess

import pytest

from tests.compose.stacks import Shell


@pytest.fixture(scope="session", params=["dash", "busybox"])
def shell(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """Debian's shell with its tools, and BusyBox, which the images have."""
    program = shutil.which(request.param)
    if program is None:
        message = f"{request.param} is not on this machine: `apt-get install {request.param}`"
        if os.environ.get("CI") == "true":
            pytest.fail(message, pytrace=False)
        pytest.skip(message)
    if request.param == "dash":
        return Shell((program,), "/usr/bin:/bin")
    tools = tmp_path_factory.mktemp("busybox")
    applets = subprocess.run([program, "--list"], capture_output=True, encoding="utf-8", check=True).stdout.split()
    for applet in applets:
        (tools / applet).symlink_to(program)
    return Shell((program, "sh"), str(tools))
