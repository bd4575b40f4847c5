"""Great Expectations, set up to work in the open build database and to write nowhere.

Importing this module imports Great Expectations, which takes seconds.
"""

import os

# Read when Great Expectations is imported.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

from functools import cache
from typing import Any

import duckdb
import great_expectations as gx
from great_expectations.data_context.data_context.context_factory import set_context
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)

from loyalty.gates import fused
from loyalty.gates.dialect import NAME, GateConnections
from loyalty.gates.fused import DATA_SOURCE, RESULT_FORMAT
from loyalty.gates.report import ExpectationResult, Severity
from loyalty.warehouse.diagnosis import ReportedFault, is_fault

# Values of columns that hold codes are named only if they look like codes: small letters, at most
# two digits together. Where columns have slipped aside, these hold names and keys of people.
CODE = "^[a-z]{2,12}([_-]?([a-z]{1,12}|[0-9]{1,2})){0,4}$"
NAMED_VALUES = 5


@cache
def context() -> Any:
    """Return the one context of this process: in memory, silent, without analytics."""
    # Without a word on sites, Great Expectations makes a folder for one somewhere.
    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False),
    )
    return gx.get_context(mode="ephemeral", project_config=config)


class Validator:
    """Great Expectations' own way to validate tables of one open database.

    To be closed, from the thread that used it.
    """

    def __init__(self, connections: GateConnections) -> None:
        # Data Docs have a context of their own; Great Expectations knows one as current.
        set_context(context())
        self._source = context().data_sources.add_or_update_sql(
            DATA_SOURCE, connection_string=f"{NAME}://", kwargs={"creator": connections.create}
        )

    def validate(self, relation: str, title: str, suite: gx.ExpectationSuite) -> dict[str, Any]:
        """Return the result for `relation` (schema.table), as plain data."""
        schema, table = relation.replace('"', "").split(".")
        asset = self._source.add_table_asset(title, table_name=table, schema_name=schema)
        batch = asset.add_batch_definition_whole_table("whole table").get_batch()
        result: dict[str, Any] = batch.validate(suite, result_format=RESULT_FORMAT).to_json_dict()
        for one in result["results"]:
            _forget_exceptions(one)
        return result

    def close(self) -> None:
        """Give the database's cursors back."""
        self._source.get_engine().dispose()


def validate(
    connections: GateConnections, relation: str, title: str, suite: gx.ExpectationSuite
) -> dict[str, Any]:
    """Return Great Expectations' result for `relation` (schema.table), as plain data.

    One scan where that does; else, or where something cannot be counted, its own way says what.

    Raises:
        Exception: a fault of the disk or the database, as it was raised.
    """
    # Expectations ask for the context that is current.
    set_context(context())
    cursor = connections.cursor()
    try:
        return fused.validate(cursor, relation, title, suite)
    except (fused.NotFusedError, duckdb.Error) as problem:
        if is_fault(problem):
            raise
    validator = Validator(connections)
    try:
        return validator.validate(relation, title, suite)
    finally:
        validator.close()


def results(
    title: str, page: dict[str, Any], database: duckdb.DuckDBPyConnection, relation: str
) -> list[ExpectationResult]:
    """Turn Great Expectations' result into ours; `title` names the table in messages."""
    return [_result(title, one, database, relation) for one in page["results"]]


def _forget_exceptions(one: dict[str, Any]) -> None:
    """Keep only what kind of exception it was: messages and traces may quote the data.

    Raises:
        ReportedFault: it was a fault of the disk or the database, not of the data.
    """
    info = one.get("exception_info") or {}
    nested = info.values() if "raised_exception" not in info else [info]
    raised = [each for each in nested if each.get("raised_exception")]
    message = None
    if raised:
        fault = ReportedFault(str(raised[0].get("exception_message")))
        if is_fault(fault):
            raise fault
        last_line = str(raised[0].get("exception_traceback", "")).strip().rpartition("\n")[2]
        message = f"could not be checked ({last_line.partition(':')[0] or 'unknown'})"
    one["exception_info"] = {
        "raised_exception": bool(raised),
        "exception_message": message,
        "exception_traceback": None,
    }


def _result(
    title: str, one: dict[str, Any], database: duckdb.DuckDBPyConnection, relation: str
) -> ExpectationResult:
    config = one["expectation_config"]
    meta, found = config["meta"], one["result"]
    column = meta.get("column")
    is_named = not column or column in config["description"]
    place = title if is_named else f"{title}, {column}"
    is_success, severity = bool(one["success"]), _severity(one)
    if one["exception_info"]["raised_exception"]:
        seen = one["exception_info"]["exception_message"]
    elif is_success:
        seen = _seen(found)
    else:
        seen = _seen(found) + _named(database, relation, meta.get("examples"))
    return ExpectationResult(
        expectation=meta.get("name") or config["type"],
        severity=severity,
        is_success=is_success,
        message=f"{place}: {config['description']}: {seen}",
        column_name=column,
        observed=None if found.get("observed_value") is None else str(found["observed_value"]),
        unexpected_count=found.get("unexpected_count"),
        rows_where=_rows_where(config["kwargs"], meta),
    )


def _rows_where(kwargs: dict[str, Any], meta: dict[str, Any]) -> str | None:
    if "condition" in kwargs:
        return f"({kwargs['condition']}) and ({kwargs.get('base', 'true')})"
    rows_where: str | None = meta.get("rows_where")
    return rows_where


def _severity(one: dict[str, Any]) -> Severity:
    """A check that could not be made is critical, whatever it would have been."""
    is_warning = one["expectation_config"].get("severity") == "warning"
    return "warning" if is_warning and not one["exception_info"]["raised_exception"] else "critical"


def _seen(found: dict[str, Any]) -> str:
    count, rows = found.get("unexpected_count"), found.get("element_count")
    if count is None or rows is None:
        return str(found.get("observed_value"))
    if not count:
        return f"so are all {rows:,} rows"
    return f"not so in {count:,} of {rows:,} rows ({count / rows:.2%})"


def _named(
    database: duckdb.DuckDBPyConnection, relation: str, examples: dict[str, str] | None
) -> str:
    if not examples:
        return ""
    rows = database.execute(
        f"select {examples['shown']} as value, count(*) as row_count from {relation} "
        f"where ({examples['where']}) and regexp_full_match({examples['shown']}, $1) "
        "group by value order by row_count desc, value limit $2",
        [CODE, NAMED_VALUES],
    ).fetchall()
    if not rows:
        return ""
    return ", among them " + ", ".join(f"{value} ({row_count:,})" for value, row_count in rows)
