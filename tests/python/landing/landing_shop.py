"""A small shop: declared tables, its landing folder, and lines to put there."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from loyalty.declarations import ColumnDeclaration, SourceDeclaration, TableDeclaration
from loyalty.landing import BatchResult, LandedBatch, LandingFile, Loader, find_files

KEY = b"a key for tests only"
HEADER = "order_id,customer_id,email,ordered_at,amount,quantity,score,is_test,updated_at"


def declare(zone: str | None = None) -> SourceDeclaration:
    columns = (
        ColumnDeclaration("order_id", "varchar", required=True),
        ColumnDeclaration("customer_id", "varchar", sensitive="customer_key"),
        ColumnDeclaration("email", "varchar", sensitive="email"),
        ColumnDeclaration("ordered_at", "timestamp", required=True),
        ColumnDeclaration("amount", "decimal(18, 2)"),
        ColumnDeclaration("quantity", "bigint"),
        ColumnDeclaration("score", "double"),
        ColumnDeclaration("is_test", "boolean"),
        ColumnDeclaration("updated_at", "timestamp"),
    )
    orders = TableDeclaration(
        source="shop",
        name="orders",
        schema="raw_shop",
        file_pattern="orders*",
        primary_key=("order_id",),
        cursor="updated_at",
        entities=("orders", "deliveries"),
        event_timestamp="ordered_at",
        gate={},
        columns=columns,
    )
    notes = TableDeclaration(
        source="shop",
        name="notes",
        schema="raw_shop",
        file_pattern="orders_notes*",
        primary_key=("note_id",),
        cursor=None,
        entities=(),
        event_timestamp=None,
        gate={},
        columns=(
            ColumnDeclaration("note_id", "varchar", required=True),
            ColumnDeclaration("body", "varchar", sensitive="personal"),
            ColumnDeclaration("author", "varchar"),
        ),
    )
    items = TableDeclaration(
        source="shop",
        name="items",
        schema="raw_shop",
        file_pattern="items*",
        primary_key=("order_id", "line_number"),
        cursor=None,
        entities=(),
        event_timestamp=None,
        gate={},
        columns=(
            ColumnDeclaration("order_id", "varchar", required=True),
            ColumnDeclaration("line_number", "bigint", required=True),
            ColumnDeclaration("product_id", "varchar"),
            ColumnDeclaration("quantity", "bigint"),
        ),
    )
    tables = {"orders": orders, "notes": notes, "items": items}
    return SourceDeclaration("shop", "raw_shop", zone, tables)


@dataclass
class Shop:
    """A landing folder, a warehouse and its loader."""

    folder: Path
    connection: duckdb.DuckDBPyConnection
    source: SourceDeclaration
    loader: Loader

    def write(self, name: str, content: str | bytes) -> LandingFile:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return self.file(name)

    def file(self, name: str) -> LandingFile:
        files = find_files(self.source, self.folder).files
        return next(file for file in files if file.file_name == name)

    def land(self, name: str, content: str | bytes) -> LandedBatch:
        batch = self.loader.land(self.write(name, content))
        assert batch is not None
        return batch

    def load(self, name: str, content: str | bytes) -> BatchResult:
        batch = self.land(name, content)
        assert batch.problems == []
        assert batch.record_count == batch.accepted_count + batch.rejected_count
        result = self.loader.accept(batch)
        counts = result.inserted_count + result.replaced_count + result.superseded_count
        assert counts == result.accepted_count
        return result

    def rows(self, columns: str, table: str = "orders", order: str = "1") -> list[Any]:
        query = f"select {columns} from raw_shop.{table} order by {order}"
        return self.connection.execute(query).fetchall()

    def rejects(self) -> list[Any]:
        return self.connection.execute(
            "select line_number, column_name, value, reason, record from quality.rejects order by 1"
        ).fetchall()


def line(number: int, **values: str) -> str:
    """One good CSV line, values replaced by name."""
    row = {
        "order_id": f"o{number}",
        "customer_id": f"c{number % 7}",
        "email": "",
        "ordered_at": "2025-03-01T12:00:00",
        "amount": "10.50",
        "quantity": "1",
        "score": "4",
        "is_test": "false",
        "updated_at": "",
    } | values
    return ",".join(row[name] for name in HEADER.split(","))


def lines(first: int, last: int) -> list[str]:
    return [line(number) for number in range(first, last + 1)]


def csv_text(*rows: str, end: str = "\n") -> str:
    return "".join(row + end for row in (HEADER, *rows))
