"""One call for what the business watches: that an operation happened, how it ended, and what it was worth."""

from typing import TYPE_CHECKING, Any, TypeAlias

from monitoring_as_code.model.checking import Field, Instance
from monitoring_as_code.model.declaration import Part
from monitoring_as_code.model.metric import AnyMetric, Counter, Gauge

if TYPE_CHECKING:
    AnyCounter: TypeAlias = Counter[...]
    AnyGauge: TypeAlias = Gauge[...]
else:
    AnyCounter = Instance[Counter]
    AnyGauge = Instance[Gauge]


class Business(Part):
    """Records business operations by one short call: which one, how it ended, and a value where there is one.

    `operations` is a counter with the labels `operation` and `status`: it counts one for each call. `value` is a gauge with one label: it
    is set to the newest value of the operation. `amounts` are further metrics by the operation that they are about, without labels or
    with `status`: a counter adds the values up, and a gauge is set.

    >>> class Operations(Labels):
    ...     operation: Label[str] = label(at_most=50)
    ...     status: Label[str] = label(at_most=5)
    >>> count = Counter(name="business_operations_total", help="Business operations.", labels=Operations)
    >>> earned = Counter(name="business_revenue_euros_total", help="Money that was earned.")
    >>> record_business = Business(operations=count, amounts={"revenue": earned})
    >>> record_business("revenue", "success", 99.99)
    """

    operations: AnyCounter
    value: AnyGauge | None = None
    amounts: dict[str, AnyMetric] = Field(default={})

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        operations, value, amounts = fields["operations"], fields.get("value"), fields.get("amounts", {})
        if _names(operations) != {"operation", "status"}:
            message = f"`{operations.name}` must have the labels `operation` and `status`, and no others"
            raise ValueError(message)
        if value is not None and len(_names(value)) != 1:
            message = f"`{value.name}` must have one label, which says the operation"
            raise ValueError(message)
        for operation, metric in amounts.items():
            if not isinstance(metric, Counter | Gauge):
                message = f"`{metric.name}` for `{operation}` must be a counter, which adds values up, or a gauge, which is set"
                raise ValueError(message)  # noqa: TRY004 - pydantic turns a ValueError into a fault of this part
            if not _names(metric) <= {"status"}:
                message = f"`{metric.name}` for `{operation}` must have no labels, or `status` alone"
                raise ValueError(message)

    def __call__(self, /, operation: str, status: str, value: float | None = None) -> None:
        """An operation happened."""
        self.operations.inc(**_called(self.operations, operation=operation, status=status))
        if value is None:
            return
        if self.value is not None:
            (label,) = self.value.label_declarations
            self.value.set(value, **{label.attribute: operation})
        metric = self.amounts.get(operation)
        if isinstance(metric, Counter):
            metric.add(value, **_called(metric, status=status))
        elif isinstance(metric, Gauge):
            metric.set(value, **_called(metric, status=status))


def _names(metric: AnyMetric) -> set[str]:
    return {label.name for label in metric.label_declarations}


def _called(metric: AnyMetric, **values: str) -> dict[str, str]:
    """The values of a metric's labels by the keywords that it takes."""
    return {label.attribute: values[label.name] for label in metric.label_declarations}
