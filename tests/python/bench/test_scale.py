"""The shop that is measured: the same each time, in proportion, and cut by days without a seam."""

from pathlib import Path

import duckdb
import pytest

from bench.scale import SHARES, Shop

THOUSANDS = 20
KEYS = {"order_items": "order_id, line_number", "membership_tiers": "membership_id, valid_from"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return Shop(THOUSANDS, tmp_path_factory.mktemp("cache"))


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_it_is_drawn_the_same_each_time(shop: Shop, tmp_path: Path) -> None:
    other = Shop(THOUSANDS, tmp_path)
    for day in (0, 1):
        assert files(shop.folder(day)) == files(other.folder(day))
    assert files(shop.folder(1)) != files(shop.folder(2))


@pytest.mark.parametrize("table", SHARES)
def test_every_table_is_in_proportion_and_has_its_keys_once(shop: Shop, table: str) -> None:
    file = shop.folder() / f"{table}.parquet"
    columns = duckdb.sql(f"describe from '{file}'").fetchall()
    key = KEYS.get(table, columns[0][0])
    rows, keys = duckdb.sql(f"select count(*), count(distinct ({key})) from '{file}'").fetchall()[0]
    assert rows == keys
    # Who joins at the end of the history enrols after it.
    assert 0.95 * shop.rows(table) <= rows <= shop.rows(table)


def test_days_follow_the_history_without_a_gap(shop: Shop) -> None:
    """Each order comes once as new, the late ones with the first day; what changed comes again."""
    landed = [f"'{shop.folder(day)}/orders*.parquet'" for day in range(4)]
    orders = " union all ".join(f"select {n} as day, * from {x}" for n, x in enumerate(landed))
    numbers = duckdb.sql(
        "select min(n), max(n), count(distinct n) from "
        f"(select order_id::bigint as n from ({orders}))"
    ).fetchall()[0]
    assert numbers == (0, numbers[2] - 1, numbers[2])
    again = duckdb.sql(f"select order_id from ({orders}) group by all having count(*) > 1")
    assert again.fetchall()
    (late,) = duckdb.sql(
        f"select count(*) from {landed[1]} where ordered_at < '2026-06-30' and status <> 'refunded'"
    ).fetchall()[0]
    assert late > 0


def test_csv_says_the_same_as_parquet_but_for_what_cannot_be_read(shop: Shop) -> None:
    typed = f"read_csv('{shop.folder(1, 'csv')}/orders_day_1.csv', all_varchar = true)"
    parquet = f"'{shop.folder(1)}/orders_day_1.parquet'"
    for column, other in (("order_id", "order_id"), ("ordered_at::timestamptz", "ordered_at")):
        here = duckdb.sql(f"select {column} from {typed} order by all").fetchall()
        assert here == duckdb.sql(f"select {other} from {parquet} order by all").fetchall()
    history = f"read_csv('{shop.folder(0, 'csv')}/orders.csv', all_varchar = true)"
    unreadable = f"select count(*) from {history} where order_amount = 'n/a'"
    nothing = f"select count(*) from '{shop.folder()}/orders.parquet' where order_amount is null"
    assert duckdb.sql(unreadable).fetchall() == duckdb.sql(nothing).fetchall() != [(0,)]
