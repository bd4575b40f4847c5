"""A build database in which batches are landed and marts made by hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb

from loyalty import gates
from loyalty.declarations import SourceDeclaration, TableDeclaration, read_declarations
from loyalty.gates import GateReport
from loyalty.landing.staging import LANDED, OPEN_LANDED
from loyalty.warehouse import Warehouse

SECONDS = 120
DECLARATIONS = read_declarations()

# One sound row of each table, as SQL over i; what is not named is null.
ROWS: Mapping[str, Mapping[str, str]] = {
    "orders": {
        "order_id": "'o' || i",
        "customer_id": "'c' || i % 100",
        "ordered_at": "timestamp '2024-03-01' + interval (i) minute",
        "status": "'paid'",
        "sales_channel": "'web'",
        "device_type": "'tablet'",
        "order_amount": "10 + i % 7",
        "updated_at": "timestamp '2024-03-02' + interval (i) minute",
    },
    "survey_answers": {
        "answer_id": "'a' || i",
        "customer_id": "'c' || i % 100",
        "survey_kind": "'csat'",
        "answered_at": "timestamp '2024-03-01' + interval (i) minute",
        "score": "1 + i % 5",
        "scale_min": "1",
        "scale_max": "5",
        "comment": "'fine'",
    },
    "customers": {
        "customer_id": "'c' || i",
        "email": "'c' || i || '@example.com'",
        "registered_at": "timestamp '2023-01-01' + interval (i) hour",
    },
}


@dataclass
class Lab:
    """A build database in which batches are landed by hand, as the loader would."""

    warehouse: Warehouse
    connection: duckdb.DuckDBPyConnection
    batches: int = 0
    nights: int = 0
    reports: list[GateReport] = field(default_factory=list)

    @property
    def night_id(self) -> str:
        return f"night-{self.nights}"

    def land(
        self,
        table: str,
        rows: int = 1000,
        *,
        source: str = "canonical",
        file_name: str | None = None,
        rejected: int = 0,
        problems: tuple[str, ...] = (),
        **columns: str,
    ) -> Any:
        """Land `rows` sound rows, with the SQL of some columns replaced."""
        declaration = DECLARATIONS[source].tables[table]
        self.batches += 1
        relation = f"{LANDED}.{source}__{table}"
        expressions = {**ROWS[table], **columns}
        values = ", ".join(
            f"cast({expressions.get(column.name, 'null')} as {column.data_type}) as {column.name}"
            for column in declaration.columns
        )
        self.connection.execute(
            f"create or replace table {relation} as select {values}, i as _row_number "
            f"from range({rows}) as series (i)"
        )
        return SimpleNamespace(
            batch_id=self.batches,
            source_id=source,
            table_name=table,
            file_name=file_name or f"{table}.csv",
            record_count=rows + rejected,
            accepted_count=rows,
            rejected_count=rejected,
            extra_columns=(),
            relation=relation,
            declaration=declaration,
            problems=list(problems),
        )

    def check(self, batch: Any, seconds: float = SECONDS) -> GateReport:
        report = gates.check_batch(self.connection, self.night_id, batch, seconds)
        self.reports.append(report)
        return report

    def accept(self, batch: Any) -> None:
        self.connection.execute(
            "insert into quality.batches select $id, $night, $source, $table, $file, 'csv', "
            "$id::varchar, 1, $records, $records, 0, $records, 0, 0, [], 'accepted', [], "
            "now()::timestamp, $id",
            {
                "id": batch.batch_id,
                "night": self.night_id,
                "source": batch.source_id,
                "table": batch.table_name,
                "file": batch.file_name,
                "records": batch.record_count,
            },
        )

    def night(self, table: str, rows: int = 1000, **columns: Any) -> GateReport:
        """Land, check and, if it passed, accept one batch in a night of its own."""
        self.nights += 1
        batch = self.land(table, rows, **columns)
        report = self.check(batch)
        if report.is_passed:
            self.accept(batch)
        return report

    def check_marts(
        self, declarations: Mapping[str, SourceDeclaration] | None = None
    ) -> GateReport:
        report = gates.check_marts(
            self.connection, self.night_id, SECONDS, declarations or DECLARATIONS
        )
        self.reports.append(report)
        return report


def make_lab(folder: Path) -> Lab:
    """Make an empty build database with the canonical source's raw tables."""
    warehouse = Warehouse(folder / "warehouse")
    warehouse.prepare()
    connection = warehouse.connect()
    connection.execute("create schema raw_canonical")
    connection.execute(OPEN_LANDED)
    for table in DECLARATIONS["canonical"].tables.values():
        create_raw(connection, table)
    return Lab(warehouse, connection)


def create_raw(connection: duckdb.DuckDBPyConnection, table: TableDeclaration) -> None:
    columns = ", ".join(f"{column.name} {column.data_type}" for column in table.columns)
    connection.execute(f"create table {table.schema}.{table.name} ({columns}, _batch_id bigint)")


def failed(report: GateReport) -> dict[str, str]:
    """Return what failed, with its severity."""
    return {
        result.expectation: result.severity for result in report.results if not result.is_success
    }


def make_marts(lab: Lab) -> None:
    """Make marts of two indicators, two months and 1,000 orders, as of 2024-03-20."""
    lab.connection.execute(MARTS)


def publish(lab: Lab, as_of_date: str = "2024-03-20") -> None:
    """Publish the marts as they stand, as a generation would be."""
    path = lab.warehouse.generations / "first.duckdb"
    lab.connection.execute(f"attach '{path}' as target")
    lab.connection.execute("create schema target.core; create schema target.indicators")
    for table in (
        "core.fct_orders",
        "core.dim_customers",
        "indicators.dim_indicators",
        "indicators.fct_indicator_values",
        "indicators.fct_indicator_exclusions",
    ):
        lab.connection.execute(f"create table target.{table} as from {table}")
    lab.connection.execute("create schema target.publication")
    lab.connection.execute(
        "create table target.publication.generation as select 'first' as generation, "
        f"'night-0' as night_id, date '{as_of_date}' as as_of_date, now() as published_at"
    )
    lab.connection.execute("detach target")
    lab.warehouse.published_link.symlink_to(path)


MARTS = """
insert into control.night values ('night-0', '2024-03-20');
create schema core;
create schema indicators;

insert into raw_canonical.orders (order_id, ordered_at)
select 'o' || i, timestamp '2024-01-10' + interval (i) hour from range(1000) as series (i);

-- after the night's date in the business's zone, though not in UTC: not in the mart
insert into raw_canonical.orders (order_id, ordered_at) values ('late', '2024-03-20 23:30:00');

create table core.fct_orders as
select order_id, 'canonical' as source_id from raw_canonical.orders where order_id <> 'late';

create table core.dim_customers as select 'c' || i as customer_id from range(300) as series (i);

create table indicators.dim_indicators as
from (values ('csat', 'share', 1), ('nps', 'points', 1))
    as catalogue (indicator_id, unit, definition_version);

create table indicators.fct_indicator_values as
select
    indicator_id,
    period_grain,
    period_start_date,
    'all' as segment_dimension,
    'all' as segment_value,
    if(unit = 'share', 80.0, 50.0)::double as numerator,
    100 as denominator,
    if(unit = 'share', 0.8, 50)::double as indicator_value,
    if(unit = 'share', 0.7, 40)::double as ci_lower,
    if(unit = 'share', 0.9, 60)::double as ci_upper,
    period_start_date <> '2024-02-01' as is_partial,
    true as is_reportable,
    definition_version
from indicators.dim_indicators
cross join (
    values
    ('week', date '2024-03-18'),
    ('month', date '2024-03-01'),
    ('month', date '2024-02-01'),
    ('quarter', date '2024-01-01'),
    ('year', date '2024-01-01')
) as periods (period_grain, period_start_date);

-- one promoter: the adjusted interval need not hold the value; nothing measured: all null
insert into indicators.fct_indicator_values by name
select
    'nps' as indicator_id, 'month' as period_grain, date '2024-03-01' as period_start_date,
    segment_dimension, 'x' as segment_value, numerator, denominator, indicator_value,
    ci_lower, ci_upper, true as is_partial, false as is_reportable, 1 as definition_version
from (values
    ('country_code', 1, 1, 100.0, -48.5, 98.5),
    ('tier', 0, 0, null, null, null)
) as segments (segment_dimension, numerator, denominator, indicator_value, ci_lower, ci_upper);

create table indicators.fct_indicator_exclusions as
select
    'csat' as indicator_id, 'month' as period_grain, date '2024-02-01' as period_start_date,
    'skipped' as exclusion_reason, 3 as unit_count;
"""
