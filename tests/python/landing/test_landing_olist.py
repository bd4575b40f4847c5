"""The real marketplace files: dirt and all, every record is kept and nothing is rejected."""

import csv
from pathlib import Path

import duckdb
import pytest

from loyalty.declarations import read_declarations
from loyalty.landing import Loader, find_files
from loyalty.project import PROJECT_FOLDER
from loyalty.warehouse import SYSTEM_TABLES

FOLDER = PROJECT_FOLDER.parent / "shared" / "data" / "olist"

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"the Olist files are not in {FOLDER} (their licence: not here)"
)


@pytest.fixture(scope="module")
def olist() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(SYSTEM_TABLES)
    source = read_declarations()["olist"]
    loader = Loader(connection, "night", {"olist": source}, b"key", "Europe/Stockholm")
    loader.prepare()
    found = find_files(source, FOLDER)
    assert found.ignored == []
    for file in found.files:
        batch = loader.land(file)
        assert batch is not None
        assert (batch.problems, batch.extra_columns) == ([], [])
        loader.accept(batch)
    return connection


@pytest.mark.parametrize(
    ("table", "count"),
    [
        ("orders", 8135),
        ("order_reviews", 8225),
        ("order_items", 8365),
        ("order_payments", 8924),
        ("customers", 8135),
        ("products", 5460),
        ("sellers", 1610),
        ("product_category_translations", 71),
    ],
)
def test_records_are_conserved(olist: duckdb.DuckDBPyConnection, table: str, count: int) -> None:
    ledger = """
        select record_count, accepted_count, rejected_count, inserted_count from quality.batches
        where table_name = $1
    """
    assert olist.execute(ledger, [table]).fetchall() == [(count, count, 0, count)]
    assert olist.execute(f"select count(*) from raw_olist.{table}").fetchone() == (count,)


def test_comments_come_back_as_they_stand_in_the_file(olist: duckdb.DuckDBPyConnection) -> None:
    path = Path(FOLDER / "olist_order_reviews_dataset.csv")
    with path.open(newline="", encoding="utf-8") as file:
        expected = [
            (row["review_id"], row["order_id"], row["review_comment_message"] or None)
            for row in csv.DictReader(file)
        ]
    columns = "review_id, order_id, review_comment_message"
    query = f"select {columns} from raw_olist.order_reviews order by _row_number"
    assert olist.execute(query).fetchall() == expected


def test_local_days_are_the_files_days(olist: duckdb.DuckDBPyConnection) -> None:
    with (FOLDER / "olist_orders_dataset.csv").open(newline="", encoding="utf-8") as file:
        expected = [row["order_purchase_timestamp"][:10] for row in csv.DictReader(file)]
    query = """
        select strftime(
            timezone('Europe/Stockholm', timezone('UTC', order_purchase_timestamp)), '%Y-%m-%d'
        )
        from raw_olist.orders
        order by _row_number
    """
    assert [day for (day,) in olist.execute(query).fetchall()] == expected
