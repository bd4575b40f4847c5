"""Parquet and JSON lines give what the same rows in CSV give; files find their tables."""

import datetime as dt
import gzip
import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from landing_shop import HEADER, Shop, csv_text, line, lines

from loyalty.errors import UsageError
from loyalty.landing import find_files

COLUMNS = HEADER + ", customer_id_hash, email_hash"


def test_every_format_gives_the_same_rows(shop: Shop) -> None:
    rows = [
        *lines(1, 20),
        line(21, email="A@b.se", updated_at="2025-03-01T10:00:00+01:00"),
        line(22, customer_id="", amount="", ordered_at="2025-10-26 02:30:00"),
    ]
    records = [
        {name: value or None for name, value in zip(HEADER.split(","), row.split(","), strict=True)}
        for row in rows
    ]
    table = pa.Table.from_pylist(records)
    texts = "".join(json.dumps(record) + "\n" for record in records)
    shop.load("orders.csv", csv_text(*rows))
    expected = shop.rows(COLUMNS)
    pq.write_table(table, shop.folder / "texts.parquet")
    for name, content in {
        "orders_1.parquet": (shop.folder / "texts.parquet").read_bytes(),
        "orders_2.jsonl": texts.encode(),
        "orders_3.jsonl.gz": gzip.compress(texts.encode()),
        "orders_4.csv.gz": gzip.compress(csv_text(*rows).encode()),
    }.items():
        shop.connection.execute("delete from raw_shop.orders")
        assert shop.load(name, content).inserted_count == 22
        assert shop.rows(COLUMNS) == expected


def test_parquet_types_are_used_as_they_are(shop: Shop) -> None:
    utc = dt.datetime(2025, 3, 1, 12, tzinfo=dt.UTC)
    table = pa.table(
        {
            "order_id": pa.array([12, 13], pa.int64()),
            "customer_id": pa.array([b"c1", b"c2"], pa.binary()),
            "ordered_at": pa.array([utc, utc], pa.timestamp("us", "UTC")),
            "updated_at": pa.array([dt.datetime(2025, 10, 26, 2, 30)] * 2, pa.timestamp("us")),
            "amount": pa.array([Decimal("1.5"), None], pa.decimal128(9, 1)),
            "quantity": pa.array([1, 2], pa.int32()),
            "score": pa.array([4.5, None], pa.float64()),
            "is_test": pa.array([True, None]),
            "extra": pa.array([1, 2]),
        }
    )
    pq.write_table(table, shop.folder / "t.parquet")
    shop.load("orders.parquet", (shop.folder / "t.parquet").read_bytes())
    at = dt.datetime(2025, 3, 1, 12)
    again = dt.datetime(2025, 10, 26, 0, 30)
    assert shop.rows(HEADER.replace("email,", "")) == [
        ("12", "c1", at, Decimal("1.50"), 1, 4.5, True, again),
        ("13", "c2", at, None, 2, None, None, again),
    ]


def test_parquet_dates_and_nanoseconds_are_local(shop: Shop) -> None:
    table = pa.table(
        {
            "order_id": ["1"],
            "ordered_at": pa.array([dt.date(2025, 3, 1)], pa.date32()),
            "updated_at": pa.array([dt.datetime(2025, 3, 1, 12)], pa.timestamp("ns")),
        }
    )
    pq.write_table(table, shop.folder / "t.parquet")
    shop.load("orders.parquet", (shop.folder / "t.parquet").read_bytes())
    assert shop.rows("ordered_at, updated_at") == [
        (dt.datetime(2025, 2, 28, 23), dt.datetime(2025, 3, 1, 11))
    ]


def test_parquet_rejects_have_their_row(shop: Shop) -> None:
    table = pa.table(
        {
            "order_id": ["1", None, "3"],
            "ordered_at": ["2025-01-01", "2025-01-01", "soon"],
            "score": [1.0, 2.0, float("nan")],
        }
    )
    pq.write_table(table, shop.folder / "t.parquet")
    result = shop.load("orders.parquet", (shop.folder / "t.parquet").read_bytes())
    assert (result.accepted_count, result.rejected_count) == (1, 2)
    assert [reject[:3] for reject in shop.rejects()] == [
        (2, "order_id", None),
        (3, "ordered_at", "soon"),
    ]
    assert json.loads(shop.rejects()[0][4])["ordered_at"] == "2025-01-01"


def test_parquet_that_is_damaged_within(shop: Shop) -> None:
    table = pa.table({"order_id": ["1"] * 99, "ordered_at": ["2025-01-01"] * 99})
    pq.write_table(table, shop.folder / "t.parquet")
    content = bytearray((shop.folder / "t.parquet").read_bytes())
    for place in range(4, len(content) - 8, 11):
        damaged = content.copy()
        damaged[place] ^= 0xFF
        batch = shop.land("orders.parquet", bytes(damaged))
        for problem in batch.problems:
            assert "\n" not in problem
        assert batch.problems or batch.record_count == batch.accepted_count + batch.rejected_count


def test_json_lines(shop: Shop) -> None:
    content = "\n".join(
        [
            '{"ordered_at": "2025-01-01", "order_id": "å\\n1", "score": 4, "new": {"a": 1}}',
            "",
            '{"order_id": 2, "ordered_at": "2025-01-01", "amount": 10.5, "is_test": true}',
            "{broken",
            '["no", "object"]',
            '{"order_id": "5"}',
            '{"order_id": "6", "ordered_at": "2025-01-01", "quantity": "many"}',
            '{"order_id": "7", "ordered_at": "2025-01-01", "customer_id": "a\\u0000"}',
            '{"order_id": "8", "ordered_at": "2025-01-01", "customer_id": "", "quantity": null}',
        ]
    )
    batch = shop.land("orders.jsonl", content)
    assert (batch.extra_columns, batch.record_count) == (["new"], 8)
    shop.loader.accept(batch)
    assert shop.rows("order_id, score, amount, is_test, customer_id_hash") == [
        ("2", None, Decimal("10.50"), True, None),
        ("8", None, None, None, None),
        ("å\n1", 4.0, None, None, None),
    ]
    assert [reject[:4] for reject in shop.rejects()] == [
        (4, None, None, "not a JSON object"),
        (5, None, None, "not a JSON object"),
        (6, "ordered_at", None, "a required value is missing"),
        (7, "quantity", "many", "not a whole number"),
        (8, "customer_id", "a\0", "holds a NUL byte"),
    ]
    assert shop.rejects()[0][4] == "{broken"


def test_json_lines_that_are_not_utf8(shop: Shop) -> None:
    good = b'{"order_id": "1", "ordered_at": "2025-01-01"}\n'
    result = shop.load("orders.jsonl", good + b'{"order_id": "\xff"}\n' + good.replace(b"1", b"2"))
    assert (result.accepted_count, result.rejected_count) == (2, 1)


def test_a_member_that_stands_twice_is_not_guessed(shop: Shop) -> None:
    good = '{"order_id": "1", "ordered_at": "2025-01-01"}\n'
    shop.load("orders.jsonl", good + '{"order_id": "2", "ordered_at": "2025-01-01", "order_id": 3}')
    assert shop.rows("order_id") == [("1",)]
    assert shop.rejects()[0][3] == "a member stands in it more than once"


def test_an_empty_file_of_json_lines_has_no_rows(shop: Shop) -> None:
    assert shop.load("orders.jsonl", "").record_count == 0


def test_files_belong_to_the_longest_pattern_and_come_in_order(shop: Shop) -> None:
    for name in (
        "orders_notes.csv",
        "orders_Z.csv",
        "orders_a.jsonl",
        "orders.CSV.GZ",
        "orders.xlsx",
        "customers.csv",
        "SYNTHETIC_DATA.md",
    ):
        (shop.folder / name).touch()
    (shop.folder / "orders_folder.csv").mkdir()
    found = find_files(shop.source, shop.folder)
    assert [(file.table_name, file.file_name) for file in found.files] == [
        ("orders", "orders.CSV.GZ"),
        ("orders", "orders_Z.csv"),
        ("orders", "orders_a.jsonl"),
        ("notes", "orders_notes.csv"),
    ]
    ignored = [path.name for path in found.ignored]
    assert ignored == ["customers.csv", "orders.xlsx", "orders_folder.csv"]


def test_a_folder_that_is_not_there(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no folder"):
        find_files(shop.source, tmp_path / "nowhere")
