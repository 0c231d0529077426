"""Checks of what the declarations mean: `runner.lint(analysis)`; one rule a file in `rules/`."""
