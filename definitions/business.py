"""What AutoWeave is for: operations that users pay for, and the figures that the business watches."""

from monitoring_as_code import Business, Counter, Gauge, Label, Labels, label, operations


class Operations(Labels):
    """Which operation, and how it ended."""

    operation: Label[str] = label(at_most=50)
    status: Label[str] = label(at_most=5)


class Figures(Labels):
    """Which figure."""

    metric_name: Label[str] = label(at_most=50)


business_operations = Counter(name="business_operations_total", help="Business operations.", unit=operations, labels=Operations)

# Each figure has a unit of its own, revenue and sign-ups for example, so the metric has none.
business_value = Gauge(name="business_value_current", help="The newest value of a business figure.", labels=Figures)

# The application's one call: record_business("revenue", "success", 99.99)
record_business = Business(operations=business_operations, value=business_value)
