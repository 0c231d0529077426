"""A stand-in for `docker`, run as a program: it answers as the real one was seen to, lets the real Compose read the file, and notes calls.

Its folder has `state.json`, what runs; `how.json`, what goes wrong; and `calls`, one a line. What Docker 20.10 and Compose 5.6.1 print was
recorded with a real engine.
"""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

FOLDER = Path(sys.argv[0]).resolve().parent
DEAD = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"
RECORDED: dict[str, Any] = json.loads(
    r"""{"Command":"\"sh -c 'echo started…\"","CreatedAt":"2026-11-23 15:53:37 +0000 UTC","Engine":"","ExitCode":0,"Health":"healthy",
    "ID":"37bb01c6c7fa","Image":"bb:1","Labels":"com.docker.compose.project=d-toy,com.docker.compose.service=good","LocalVolumes":"1",
    "Mounts":"/tmp/d-toy/cfg,d-toy_data","Name":"d-toy-good-1","Names":"d-toy-good-1","Networks":"d-toy_default",
    "Ports":"127.0.0.1:24991-\u003e90/tcp","Project":"d-toy",
    "Publishers":[{"URL":"127.0.0.1","TargetPort":90,"PublishedPort":24991,"Protocol":"tcp"}],"RunningFor":"4 seconds ago",
    "Service":"good","Size":"0B","State":"running","Status":"Up 3 seconds (healthy)"}"""
)


def load(name: str) -> Any:  # noqa: ANN401 - JSON
    file = FOLDER / name
    return json.loads(file.read_text("utf-8")) if file.exists() else {}


def save(state: dict[str, Any]) -> None:
    staged = FOLDER / "state.new"
    staged.write_text(json.dumps(state), "utf-8")
    staged.replace(FOLDER / "state.json")


def say(text: str, *, code: int = 0) -> int:
    (sys.stderr if code else sys.stdout).write(f"{text}\n")
    return code


def container(project: str, name: str, service: dict[str, Any], number: int) -> dict[str, Any]:
    ports = [
        {"URL": each.get("host_ip", "0.0.0.0"), "TargetPort": each["target"], "PublishedPort": int(each["published"]), "Protocol": "tcp"}
        for each in service.get("ports") or ()
    ]
    return RECORDED | {"Name": f"{project}-{name}-1", "Project": project, "Service": name, "ID": f"{number:012x}", "Publishers": ports}


def relayed(port: int) -> int:
    """As `nc` does it."""
    with socket.create_connection(("127.0.0.1", port)) as other:

        def out() -> None:
            while data := os.read(0, 65536):
                other.sendall(data)

        threading.Thread(target=out, daemon=True).start()
        while data := other.recv(65536):
            os.write(1, data)
    return 0


def main(arguments: list[str]) -> int:
    how = load("how.json")
    with (FOLDER / "calls").open("a", encoding="utf-8") as calls:
        calls.write(" ".join(arguments) + "\n")
    if arguments[:1] == ["info"]:
        return say(str(FOLDER / "root"))
    if arguments[:1] != ["compose"]:
        return say(f"docker: unknown command: {arguments[0]}", code=1)
    arguments = arguments[1:]
    options: dict[str, str] = {}
    while arguments[0] in ("-f", "-p"):
        options[arguments[0]] = arguments[1]
        arguments = arguments[2:]
    verb, *rest = arguments
    if verb in how.get("hangs", ()):
        time.sleep(600)
    if verb in how.get("answers", {}):
        return say(how["answers"][verb])
    if verb in how.get("fails", {}):
        return say(how["fails"][verb], code=1)
    if verb == "version":
        return say("5.6.1")
    if how.get("dead"):
        return say(DEAD, code=1)
    state = load("state.json") or {"projects": {}, "files": {}, "number": 0}
    projects = state["projects"]
    project = options.get("-p", "")
    if "-f" in options:
        done = subprocess.run(
            [os.environ["REAL_COMPOSE"], "-f", options["-f"], "config", "--format", "json"], capture_output=True, text=True, check=False
        )
        if done.returncode or verb == "config":
            sys.stderr.write(done.stderr)
            return say(done.stdout) if done.returncode == 0 else done.returncode
        config = json.loads(done.stdout)
        project = config["name"]
        config = config["services"]
    else:
        config = {}
    mine = projects.get(project, {})
    if verb == "ls":
        return say(
            json.dumps([{"Name": name, "Status": "running(4)", "ConfigFiles": how.get("file", state["files"][name])} for name in projects])
        )
    if verb == "ps":
        for each in mine.values():
            say(json.dumps(each))
    elif verb == "up":
        names = [each for each in rest if each in config] or list(config)
        for name in names:
            if name not in mine or "--force-recreate" in rest or mine[name]["Config"] != config[name]:
                state["number"] += 1
                mine[name] = (
                    container(project, name, config[name], state["number"])
                    | {"Config": config[name]}
                    | how.get("becomes", {}).get(name, {})
                )
        for name in [name for name in mine if name not in config]:
            del mine[name]
        projects[project], state["files"][project] = mine, options["-f"]
        save(state)
        (FOLDER / "up").touch()
        time.sleep(how.get("slow", 0))
        say(" Container a Started", code=1)
        if "up" in how.get("ends", {}):
            return say(how["ends"]["up"], code=1)
    elif verb == "logs":
        for name in [each for each in rest if each in mine] or list(mine):
            prefix = "" if "--no-log-prefix" in rest else f"{name}-1  | "
            for number, text in enumerate(how.get("logs", {}).get(name, [f"{name} is at it", "Completed loading of configuration file"])):
                moment = f"2026-11-23T15:53:3{number}.23588026{len(name) % 10}Z " if "--timestamps" in rest else ""
                say(prefix + moment + text)
                sys.stdout.flush()
        if "--follow" in rest:
            time.sleep(600)
    elif verb == "exec":
        name, program = rest[1], rest[2]
        if program in how.get("lacks", ()):
            return say(f'exec failed: "{program}": executable file not found in $PATH', code=127)
        # What listens in there listens on this machine, at another port.
        return relayed(how["listens"][f"{name}:{rest[4]}"])
    elif verb == "down":
        projects.pop(project, None)
        save(state)
    elif verb == "rm":
        for name in rest:
            mine.pop(name, None)
        save(state)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
