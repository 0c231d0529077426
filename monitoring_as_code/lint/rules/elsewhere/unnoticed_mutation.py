from __future__ import annotations

from monitoring_as_code.lint.rule import WARNING, page


@page(WARNING, of_lint=False)
def unnoticed_mutation() -> None:
    """An alert, a recording rule or the routing can be changed, and no scenario notices.

    `mac test --mutate` finds this, and `mac lint` does not. Whatever the change breaks could be broken tomorrow, by mistake: add a scenario
    that fails with the change. The report says what would notice it.

    Some changes no scenario can notice. Say so on the line of the argument, on the first line of the declaration's call, or alone
    above either: name the changes, then, behind a colon, the reason.

        watchdog = Alert(  # mac: allow[unnoticed-mutation] keep_firing_for: it never ends
            name="Watchdog",
            expr="vector(1)",
            severity="none",
            summary="Alerts get through",
        )

    Only changes of these names are excused, so that a new one at the same place is still told. They are counted apart from what is
    noticed, and listed with `-v`. A comment that excuses nothing is told by `mac test --mutate`, too.
    """
