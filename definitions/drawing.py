"""What both dashboards draw alike: a colour means the same thing wherever it is seen."""

from monitoring_as_code import Override, ValueMapping

# Green, orange and red are for thresholds; these are the exceptions that everybody knows.
status_colors = (
    Override(series="2xx", color="green"),
    Override(series="3xx", color="blue"),
    Override(series="4xx", color="orange"),
    Override(series="5xx", color="red"),
)

quantile_colors = (
    Override(series="P50", color="light-blue"),
    Override(series="P90", color="blue"),
    Override(series="P95", color="blue"),
    Override(series="P99", color="purple"),
)

# Of labels whose values are outcomes: a series that ends with the word.
outcome_colors = (
    Override(series="/success$/", by="regex", color="green"),
    Override(series="/failure$/", by="regex", color="red"),
)

state_colors = (
    Override(series="running", color="green"),
    Override(series="initializing", color="blue"),
    Override(series="starting", color="blue"),
    Override(series="stopping", color="text"),
    Override(series="stopped", color="text"),
    Override(series="failed", color="red"),
    Override(series="error", color="red"),
)

severities = (
    ValueMapping(value="critical", text="Critical", color="red"),
    ValueMapping(value="warning", text="Warning", color="orange"),
)

# The same on a time line, where a state is a number.
firing = (
    ValueMapping(value="1", text="Warning", color="orange"),
    ValueMapping(value="2", text="Critical", color="red"),
)
