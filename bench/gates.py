"""Gate 1 on one large file: all expectations of a table, beside one query that counts the same.

And its verdicts, beside those of Great Expectations' own validator on seeded tables.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import duckdb

from bench import gate_tables
from bench.parts import Setting
from bench.results import Measurement, ratio
from loyalty.declarations import read_declarations
from loyalty.gates import fused, great, profiles
from loyalty.gates.dialect import GateConnections
from loyalty.landing.raw_tables import create_raw_tables
from loyalty.project import business_time_zone
from loyalty.warehouse import Warehouse

SEEDED = 200
ROWS_PER_MILLION = 1_000_000


def measure(setting: Setting) -> Iterator[Measurement]:
    """Yield the gate's seconds over the query's, and how many seeded tables are judged alike."""
    with setting.scratch() as folder:
        warehouse = Warehouse(folder / "warehouse")
        warehouse.prepare()
        with warehouse.connect() as connection:
            # What the batches name is looked up in raw.
            create_raw_tables(connection, read_declarations().values())
            yield from _speed(connection, setting)
            yield _agreement(connection)


def _speed(connection: duckdb.DuckDBPyConnection, setting: Setting) -> Iterator[Measurement]:
    from expectations import raw

    declaration = read_declarations()["canonical"].tables["orders"]
    rows = int(setting.millions * ROWS_PER_MILLION)
    batch = gate_tables.land(connection, declaration, 1, rows=rows)
    connections = GateConnections(connection)
    cursor = connections.cursor()
    profile = profiles.measure(cursor, batch, business_time_zone())
    suite = raw.suite(batch, datetime.now(UTC), profile, profiles.History())
    query = fused.query(batch.relation, suite)
    gate: list[float] = []
    hand: list[float] = []
    for _ in range(setting.repeats):
        hand.append(_seconds(lambda: cursor.execute(query).fetchall()))
        gate.append(_seconds(lambda: great.validate(connections, batch.relation, "orders", suite)))
    yield Measurement("gates", "expectations of orders", setting.millions, "s", tuple(gate))
    yield ratio("gates", "expectations / one query", setting.millions, gate, hand)


def _seconds(work: Any) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def _agreement(connection: duckdb.DuckDBPyConnection) -> Measurement:
    alike = sum(
        not gate_tables.differences(connection, gate_tables.landed(connection, seed))
        for seed in range(SEEDED)
    )
    return Measurement(
        "gates",
        f"of {SEEDED} seeded tables judged as by Great Expectations' validator",
        None,
        "tables",
        (float(alike),),
        alike == SEEDED,
    )
