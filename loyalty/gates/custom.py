"""Shapes of expectation that Great Expectations lacks: rows by condition, a value, a finding.

The first two work inside the database: conditions of one table are counted in one scan, together
with Great Expectations' own counts.
"""

from typing import Any, ClassVar

from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricPartialFunctionTypes
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_partial, metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.validator import ValidationDependencies
from sqlalchemy import literal_column


class RowsWhere(TableMetricProvider):  # type: ignore[misc]
    """Number of rows for which a SQL condition holds."""

    metric_name = "table.rows_where"
    value_keys = ("condition",)

    @metric_partial(  # type: ignore[untyped-decorator]
        engine=SqlAlchemyExecutionEngine,
        partial_fn_type=MetricPartialFunctionTypes.AGGREGATE_FN,
        domain_type=MetricDomainTypes.TABLE,
    )
    def _sqlalchemy(
        cls,
        execution_engine: SqlAlchemyExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> Any:
        condition = metric_value_kwargs["condition"]
        count = literal_column(f"count(*) filter (where {condition})")
        return count, metric_domain_kwargs, {}


class QueryValue(TableMetricProvider):  # type: ignore[misc]
    """First row of a query: the value that is judged and, if given, how to show it."""

    metric_name = "table.query_value"
    value_keys = ("query",)

    @metric_value(engine=SqlAlchemyExecutionEngine)  # type: ignore[untyped-decorator]
    def _sqlalchemy(
        cls,
        execution_engine: SqlAlchemyExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> tuple[Any, ...]:
        with execution_engine.get_connection() as connection:
            rows = connection.exec_driver_sql(metric_value_kwargs["query"]).fetchall()
        return tuple(rows[0])


class ExpectFewRowsWhere(BatchExpectation):  # type: ignore[misc]
    """Expect at most a share of the rows (by default none) to meet a SQL condition.

    `base` narrows the rows of which the share is taken; up to `tolerated` rows are none too many.
    """

    condition: str
    base: str = "true"
    max_share: float = 0.0
    tolerated: int = 0

    metric_dependencies: ClassVar[tuple[str, ...]] = ()
    success_keys: ClassVar[tuple[str, ...]] = ("condition", "base", "max_share", "tolerated")

    def get_validation_dependencies(
        self, execution_engine: Any = None, runtime_configuration: Any = None
    ) -> ValidationDependencies:
        """Ask for two counts of the one scan."""
        dependencies = super().get_validation_dependencies(execution_engine, runtime_configuration)
        for name, condition in (("unexpected", self._condition()), ("base", self.base)):
            dependencies.set_metric_configuration(
                name, _metric("table.rows_where", self, {"condition": condition})
            )
        return dependencies

    def _condition(self) -> str:
        return f"({self.condition}) and ({self.base})"

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: Any = None,
        execution_engine: Any = None,
    ) -> dict[str, Any]:
        unexpected, base = metrics["unexpected"] or 0, metrics["base"] or 0
        share = unexpected / base if base else 0.0
        return {
            "success": share <= self.max_share or unexpected <= self.tolerated,
            "result": {
                "observed_value": f"{unexpected:,} of {base:,}",
                "element_count": base,
                "unexpected_count": unexpected,
                "unexpected_percent": 100 * share,
            },
        }


class ExpectQueryValueToBeBetween(BatchExpectation):  # type: ignore[misc]
    """Expect the value of a query to lie between two bounds; null has nothing to compare."""

    query: str
    min_value: float | None = None
    max_value: float | None = None

    metric_dependencies: ClassVar[tuple[str, ...]] = ()
    success_keys: ClassVar[tuple[str, ...]] = ("query", "min_value", "max_value")

    def get_validation_dependencies(
        self, execution_engine: Any = None, runtime_configuration: Any = None
    ) -> ValidationDependencies:
        """Ask for the query's first row."""
        dependencies = super().get_validation_dependencies(execution_engine, runtime_configuration)
        dependencies.set_metric_configuration(
            "row", _metric("table.query_value", self, {"query": self.query})
        )
        return dependencies

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: Any = None,
        execution_engine: Any = None,
    ) -> dict[str, Any]:
        value, *shown = metrics["row"]
        low = self.min_value is not None and value is not None and value < self.min_value
        high = self.max_value is not None and value is not None and value > self.max_value
        observed = shown[0] if shown else value
        return {
            "success": not (low or high),
            "result": {"observed_value": "nothing to compare" if observed is None else observed},
        }


class ExpectNothingFound(BatchExpectation):  # type: ignore[misc]
    """Expect a comparison that was made beforehand to have found nothing; `found` says what."""

    found: tuple[str, ...] = ()

    metric_dependencies: ClassVar[tuple[str, ...]] = ()
    success_keys: ClassVar[tuple[str, ...]] = ("found",)

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: Any = None,
        execution_engine: Any = None,
    ) -> dict[str, Any]:
        return {
            "success": not self.found,
            "result": {"observed_value": "; ".join(self.found) or "nothing unusual"},
        }


def _metric(name: str, expectation: Any, value_kwargs: dict[str, Any]) -> MetricConfiguration:
    return MetricConfiguration(
        metric_name=name,
        metric_domain_kwargs={"batch_id": expectation.batch_id},
        metric_value_kwargs=value_kwargs,
    )


def about(
    name: str,
    column: str | None = None,
    examples: dict[str, str] | None = None,
    rows_where: str | None = None,
) -> dict[str, Any]:
    """Return the `meta` by which results are kept: the check's own name and its column.

    `examples` lets the gate name the values found (SQL: what is `shown`, `where`); only for columns
    that hold codes. The gate shows them only if they look like codes. `rows_where` picks the rows
    to blame where the expectation's own condition does not.
    """
    return {"name": name, "column": column, "examples": examples, "rows_where": rows_where}


def identifier(name: str) -> str:
    """Quote a name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text for SQL."""
    return "'" + text.replace("'", "''") + "'"
