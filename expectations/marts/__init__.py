"""What must hold of the marts before they are published.

One module per subject, each with a function that returns expectations: plausible values
(`indicator_values`), completeness (`catalogue`), reconciliation with raw (`reconciliation`), drift
since the last publication (`drift`). What dbt's own tests check (keys' relationships, accepted
values, types) is not repeated.

A critical failure leaves yesterday's publication standing.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

import great_expectations as gx

from expectations.marts import catalogue, drift, indicator_values, reconciliation

if TYPE_CHECKING:
    from loyalty.gates.marts import Marts


class TableSuite(NamedTuple):
    """The expectations of one mart."""

    schema: str
    table: str
    suite: gx.ExpectationSuite


# Without these two nothing that could be published says anything.
NEEDED = (("indicators", "dim_indicators"), ("indicators", "fct_indicator_values"))


def suites(marts: "Marts") -> list[TableSuite]:
    """Return one suite for every mart that has something to be checked.

    Raises:
        LookupError: a mart that every publication needs is not there.
    """
    for schema, table in NEEDED:
        if (schema, table) not in marts.tables:
            raise LookupError(f"the mart {schema}.{table} was not built")
    found = [(schema, table, _expectations(marts, schema, table)) for schema, table in marts.tables]
    return [
        TableSuite(schema, table, gx.ExpectationSuite(f"marts_{schema}__{table}", expectations))
        for schema, table, expectations in sorted(found, key=lambda suite: suite[:2])
        if expectations
    ]


def _expectations(marts: "Marts", schema: str, table: str) -> list[Any]:
    expectations = drift.row_count(marts, schema, table)
    if schema == "core":
        expectations += reconciliation.expectations(marts, table)
    if (schema, table) == ("indicators", "dim_indicators"):
        expectations += [*catalogue.expectations(marts), *drift.lost_marts(marts)]
    if (schema, table) == ("indicators", "fct_indicator_values"):
        expectations += [*indicator_values.expectations(), *drift.indicator_values(marts)]
    if (schema, table) == ("indicators", "fct_indicator_exclusions"):
        expectations += indicator_values.exclusions()
    return expectations
