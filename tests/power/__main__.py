"""`python -m tests.power [OPERATOR]`: the report, and with an operator's name its mutants that were missed."""

# ruff: noqa: T201 - a script that prints

import os
import sys
from collections import Counter
from pathlib import Path

from monitoring_as_code.lint.rules import RULE_NAMES
from tests.power.autoweave import autoweave
from tests.power.foreign import of_rule_files
from tests.power.runner import outcomes, table

ROOT = Path(__file__).parents[2]


def main(wanted: list[str]) -> None:
    worlds = [autoweave(ROOT)]
    corpus = Path(os.environ.get("MAC_CORPUS") or ROOT.parent / "shared" / "corpus") / "rules"
    if corpus.is_dir() and "--autoweave" not in wanted:
        worlds += of_rule_files(corpus)
    sample = next((int(each.removeprefix("--sample=")) for each in wanted if each.startswith("--sample=")), None)
    rows = table(outcomes(worlds, sample))
    for row in sorted(rows, key=lambda row: (row.operator.rules[0], row.operator.name)):
        rule = row.operator.rules[0] + ("" if row.operator.rules[0] in RULE_NAMES else " (no such rule)")
        print(f"{rule:40} {row.operator.name:52} {row.mutants:5} mutants {row.found:5} found {row.by_others:4} by others")
        if row.operator.name in wanted or "--missed" in wanted:
            for outcome in row.missed:
                print(f"    {outcome.world}: {outcome.mutant.at}: {outcome.mutant.text}   {', '.join(sorted(outcome.found)) or 'nothing'}")
    total, found = sum(row.mutants for row in rows), sum(row.found for row in rows)
    print(f"{found} of {total} found by the rule they belong to: {found / total:.1%}")
    print(Counter(rule for row in rows for outcome in row.missed for rule in outcome.found).most_common(12))


if __name__ == "__main__":
    main(sys.argv[1:])
