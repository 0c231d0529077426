"""`python -m examples.autoweave_backend` serves the stand-in for AutoWeave Backend until it is stopped."""

from __future__ import annotations

import argparse
import sys


def main() -> int:
    """Serve it; 2 when what serves it is not installed."""
    parser = argparse.ArgumentParser(prog="python -m examples.autoweave_backend", description="A stand-in for AutoWeave Backend.")
    parser.add_argument("--port", type=int, default=3001, help="where it listens, on this machine alone; 3001 if nothing is said")
    parser.add_argument("--seed", type=int, default=7, help="what chance does; the same for the same seed")
    said = parser.parse_args()
    try:
        import prometheus_client  # noqa: F401 - what records needs it
        import uvicorn

        from .registry import registry
    except ModuleNotFoundError as error:
        print(f"`{error.name}` is not installed: pip install 'monitoring-as-code-sdk[demo]'", file=sys.stderr)
        return 2
    from monitoring_as_code import instrument

    from .incidents import Incidents
    from .web import backend
    from .world import World

    instrument.use(registry())
    print(f"http://localhost:{said.port}", flush=True)
    uvicorn.run(
        backend(World(said.seed, Incidents()), said.seed),
        host="127.0.0.1",
        port=said.port,
        log_level="warning",
        ws="none",
        access_log=False,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
