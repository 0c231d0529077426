from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR)
def unreached_declaration() -> None:
    """Something is declared, but no name at module level leads to it.

    What is declared is found by its name in a module, or in a list, tuple or dict that has one, or inside of another declaration. So an
    alert that a function makes and nobody keeps would be missing without a word. Keep it: `alerts = [disk_alert(mount) for mount in mounts]`.

    BAD:

        def watch(name):
            Gauge(name=name, help="Jobs that wait.", unused="an example")

        watch("queue_length")
        workers = Gauge(name="workers", help="Workers that run.", unused="an example")

    GOOD:

        def watch(name):
            return Gauge(name=name, help="Jobs that wait.", unused="an example")

        queue_length = watch("queue_length")
    """
