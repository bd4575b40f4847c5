"""A suite judged by one scan of its table: Great Expectations' verdicts on counts made by us.

Its own validator asks a table for its metrics through a graph of them, which costs far more than
the database needs to count. What an expectation says, and how it judges its counts, stays its own.
"""

import json
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import duckdb
import great_expectations as gx
import great_expectations.expectations as gxe
from great_expectations.util import convert_to_json_serializable

from loyalty.gates.custom import (
    ExpectFewRowsWhere,
    ExpectNothingFound,
    ExpectQueryValueToBeBetween,
    identifier,
    literal,
)

# No values are fetched, only counts: data belongs neither in results nor in Data Docs.
RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}
DATA_SOURCE = "build"
ROWS = "table.row_count"
NULLS, STRANGERS = "column_values.nonnull", "column_values.in_set"
COUNT, VALUES = "unexpected_count", "unexpected_values"


class NotFusedError(Exception):
    """An expectation of the suite is none that is counted here."""


def validate(
    database: duckdb.DuckDBPyConnection, relation: str, title: str, suite: gx.ExpectationSuite
) -> dict[str, Any]:
    """Return, as plain data, what Great Expectations' own validator would of `relation`.

    Raises:
        NotFusedError: an expectation needs what is not counted here; nothing was asked.
        duckdb.Error: something cannot be counted.
    """
    wanted = [_counts(each) for each in suite.expectations]
    columns = _columns(wanted)
    row = database.execute(query(relation, suite)).fetchone() or ()
    counted = dict(zip(columns, row, strict=True))
    results = []
    for expectation, counts in zip(suite.expectations, wanted, strict=True):
        metrics: dict[str, Any] = {name: counted[column] for name, column in counts.items()}
        metrics |= {f"{kind}.{VALUES}": [] for kind in (NULLS, STRANGERS)}
        if isinstance(expectation, ExpectQueryValueToBeBetween):
            metrics["row"] = database.execute(expectation.query).fetchone()
        verdict = expectation._validate(metrics, {"result_format": RESULT_FORMAT}, None)
        results.append(_result(expectation, verdict, f"{DATA_SOURCE}-{title}"))
    plain = json.dumps(results, default=convert_to_json_serializable)
    return _page(relation, title, suite.name, json.loads(plain))


def query(relation: str, suite: gx.ExpectationSuite) -> str:
    """Return the one statement that counts all that the suite's expectations want to know."""
    columns = _columns([_counts(each) for each in suite.expectations])
    return f"select {', '.join(columns)} from {relation}"


def _columns(wanted: list[dict[str, str]]) -> list[str]:
    columns = chain.from_iterable(each.values() for each in wanted)
    return list(dict.fromkeys(["count(*)", *columns]))


def _counts(expectation: Any) -> dict[str, str]:
    """Return what an expectation wants to know, by the names that it gives to it, as SQL."""
    if isinstance(expectation, ExpectNothingFound | ExpectQueryValueToBeBetween):
        return {}
    if isinstance(expectation, ExpectFewRowsWhere):
        conditions = {"unexpected": expectation._condition(), "base": expectation.base}
        return {name: _count(condition) for name, condition in conditions.items()}
    if type(expectation) not in (
        gxe.ExpectColumnValuesToNotBeNull,
        gxe.ExpectColumnValuesToBeInSet,
    ):
        raise NotFusedError(type(expectation).__name__)
    column = identifier(expectation.column)
    counts = {ROWS: "count(*)", f"{NULLS}.{COUNT}": _count_of_some(f"{column} is null")}
    values = getattr(expectation, "value_set", None)
    if expectation.row_condition is not None or expectation.mostly != 1:
        raise NotFusedError("a condition, or most of the rows")
    if isinstance(expectation, gxe.ExpectColumnValuesToBeInSet):
        if not values or {type(value) for value in values} not in ({str}, {int}):
            raise NotFusedError("values that are neither texts nor whole numbers")
        known = ", ".join(literal(each) if isinstance(each, str) else str(each) for each in values)
        counts[f"{STRANGERS}.{COUNT}"] = _count_of_some(f"{column} not in ({known})")
    return counts


def _count(condition: str) -> str:
    return f"count(*) filter (where {condition})"


def _count_of_some(condition: str) -> str:
    """As Great Expectations counts: of no rows, null."""
    return f"if(count(*) > 0, {_count(condition)}, null)"


def _result(expectation: Any, verdict: dict[str, Any], batch: str) -> dict[str, Any]:
    config = expectation.configuration
    return {
        "success": verdict["success"],
        "expectation_config": {
            "type": config.type,
            "kwargs": {"batch_id": batch, **config.kwargs},
            "meta": config.meta,
            "description": config.description,
            "severity": getattr(config.severity, "value", config.severity),
        },
        "result": verdict["result"],
        "meta": {},
        "exception_info": {
            "raised_exception": False,
            "exception_message": None,
            "exception_traceback": None,
        },
    }


def _page(
    relation: str, title: str, suite_name: str, results: list[dict[str, Any]]
) -> dict[str, Any]:
    schema, table = relation.replace('"', "").split(".")
    good = sum(result["success"] for result in results)
    return {
        "success": good == len(results),
        "suite_name": suite_name,
        "suite_parameters": {},
        "results": results,
        "statistics": {
            "evaluated_expectations": len(results),
            "successful_expectations": good,
            "unsuccessful_expectations": len(results) - good,
            "success_percent": good / len(results) * 100 if results else None,
        },
        "meta": {
            "great_expectations_version": gx.__version__,
            "batch_spec": {
                "type": "table",
                "data_asset_name": title,
                "table_name": table,
                "schema_name": schema,
                "batch_identifiers": {},
            },
            "batch_markers": {"ge_load_time": f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"},
            "active_batch_definition": {
                "datasource_name": DATA_SOURCE,
                "data_connector_name": "fluent",
                "data_asset_name": title,
                "batch_identifiers": {},
            },
        },
        "id": None,
    }
