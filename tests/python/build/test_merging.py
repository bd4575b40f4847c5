"""A part is merged whole, or not at all where the tables do not hold what they should."""

import duckdb
import pytest

from loyalty.build import merging
from loyalty.build.merging import Keyed, MismatchError, Sums

ORDERS = Keyed("core", "fct_orders", ("order_id",))
DAYS = Sums("intermediate", "int_days", ("row_count", "value_sum"))


@pytest.fixture
def house() -> duckdb.DuckDBPyConnection:
    """One order replaced, one added, one as it was.

    On one day two rows become one, a day empties, one comes.
    """
    connection = duckdb.connect()
    for schema in ("core", "intermediate"):
        for part in ("", "before_", "after_"):
            connection.execute(f"create schema {part}{schema}")
    connection.execute(
        """
        create table core.fct_orders as
            select * from (values ('a', 1.50), ('b', 2.00), ('d', 4.00)) as t (order_id, amount);
        create table before_core.fct_orders as from core.fct_orders where order_id in ('b', 'd');
        create table after_core.fct_orders as
            select * from (values ('b', 7.00), ('c', 3.00), ('d', 4.00)) as t (order_id, amount);
        create table intermediate.int_days as
            select * from (values
                (date '2026-06-01', 'x', 2::bigint, 5.0::decimal(38, 4)),
                (date '2026-06-02', null, 1, 4.0),
                (date '2026-06-03', 'x', 2, 0.0)
            ) as t (day, reason, row_count, value_sum);
        create table before_intermediate.int_days as
            select * from (values
                (date '2026-06-01', 'x', 1::bigint, 2.0::decimal(38, 4)),
                (date '2026-06-02', null, 1, 4.0)
            ) as t (day, reason, row_count, value_sum);
        create table after_intermediate.int_days as
            select * from (values (date '2026-06-04', 'y', 1::bigint, 9.0::decimal(38, 4)))
            as t (day, reason, row_count, value_sum);
        """
    )
    return connection


def test_rows_of_the_part_take_the_place_of_what_they_were(
    house: duckdb.DuckDBPyConnection,
) -> None:
    merging.merge(house, [ORDERS, DAYS])
    orders = house.execute("from core.fct_orders order by order_id").fetchall()
    assert [(key, float(amount)) for key, amount in orders] == [
        ("a", 1.5),
        ("b", 7.0),
        ("c", 3.0),
        ("d", 4.0),
    ]
    days = house.execute("from intermediate.int_days order by day").fetchall()
    assert [(day.day, reason, count, float(value)) for day, reason, count, value in days] == [
        (1, "x", 1, 3.0),
        # Rows that add up to nothing are still rows.
        (3, "x", 2, 0.0),
        (4, "y", 1, 9.0),
    ]


def test_rows_that_end_as_they_were_stay_where_they_lie(house: duckdb.DuckDBPyConnection) -> None:
    place = "select rowid from core.fct_orders where order_id = 'd'"
    before = house.execute(place).fetchall()
    merging.merge(house, [ORDERS, DAYS])
    assert house.execute(place).fetchall() == before
    exchanged = [
        [key for (key,) in house.execute(f"select order_id from {part} order by all").fetchall()]
        for part in ("before_core.fct_orders", "after_core.fct_orders")
    ]
    assert exchanged == [["b"], ["b", "c"]]


@pytest.mark.parametrize(
    "harm",
    [
        "update core.fct_orders set amount = 4.01 where order_id = 'd'",
        "update core.fct_orders set amount = 2.01 where order_id = 'b'",
        "delete from core.fct_orders where order_id = 'b'",
        "update intermediate.int_days set row_count = 0 where day = date '2026-06-01'",
    ],
)
def test_a_table_that_holds_something_else_stops_it_all(
    house: duckdb.DuckDBPyConnection, harm: str
) -> None:
    house.execute(harm)
    before = [house.execute(f"from {name} order by 1").fetchall() for name in _names()]
    with pytest.raises(MismatchError):
        merging.merge(house, [ORDERS, DAYS])
    assert [house.execute(f"from {name} order by 1").fetchall() for name in _names()] == before


def _names() -> list[str]:
    return [f"{table.schema}.{table.name}" for table in (ORDERS, DAYS)]
