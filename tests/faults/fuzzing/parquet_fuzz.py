"""Parquet files from known rows, in the types that writers choose."""

import datetime as dt
import io
import random
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from faults.fuzzing.files import FuzzedFile, Piece
from faults.fuzzing.values import Row, Value, bad_value, good_row
from loyalty.declarations import ColumnDeclaration, TableDeclaration

NATIVE = {
    "timestamp": (
        *(pa.timestamp("us", "UTC"), pa.timestamp("ns", "UTC"), pa.timestamp("us", "+02:00")),
        pa.timestamp("us", "America/New_York"),
    ),
    "boolean": (pa.bool_(),),
    "bigint": (pa.int64(), pa.int64(), pa.decimal128(25, 0)),
    "double": (pa.float64(),),
    "decimal(18, 2)": (pa.decimal128(18, 2), pa.decimal128(38, 4)),
}
TEXT = (pa.string(), pa.large_string(), pa.binary(), pa.dictionary(pa.int32(), pa.string()))


def records_file(
    table: TableDeclaration, stem: str, count: int, chance: random.Random
) -> FuzzedFile:
    """Return a file whose good rows are to be loaded and whose spoiled ones rejected."""
    rows = [good_row(table, number, chance, 0.1) for number in range(1, count + 1)]
    share = chance.choice((0, 0.002, 0.05, 0.3))
    spoiled = {number for number in range(count) if chance.random() < share}
    columns = [column for column in table.columns if column.required or chance.random() < 0.9]
    fields, arrays, bad = [], [], set()
    none = {column.name for column in table.columns} - {column.name for column in columns}
    for column in columns:
        place = table.column_names.index(column.name)
        values = [row.values[place] for row in rows]
        is_native = column.data_type in NATIVE and chance.random() < 0.6
        data_type = chance.choice(NATIVE[column.data_type] if is_native else TEXT)
        items = [_native(value, data_type) if is_native else value.text for value in values]
        for number in spoiled:
            if chance.random() < 0.4:
                item = _bad(column, data_type, chance) if is_native else bad_value(column, chance)
                if item is not None or column.required:
                    items[number] = item
                    bad.add(number)
        array, data_type = _array(items, data_type)
        fields.append(pa.field(column.name, data_type))
        arrays.append(array)
    if chance.random() < 0.3:
        fields.append(pa.field("extra", pa.list_(pa.int32())))
        arrays.append(pa.array([[1, None]] * count, pa.list_(pa.int32())))
    file = io.BytesIO()
    pq.write_table(
        pa.table(arrays, schema=pa.schema(fields)),
        file,
        row_group_size=chance.choice((1, 7, 100, 10_000)) if count < 500 else 10_000,
        compression=chance.choice(("none", "snappy", "gzip", "zstd", "brotli", "lz4")),
        version=chance.choice(("1.0", "2.4", "2.6")) if not _has_nanoseconds(fields) else "2.6",
        data_page_version=chance.choice(("1.0", "2.0")),
        use_dictionary=chance.random() < 0.5,
        data_page_size=chance.choice((None, 100)),
    )
    pieces = {
        number + 1: Piece(b"", None, "bad value", is_spoiled=True)
        if number in bad
        else Piece(b"", _without(row, table, none), "good")
        for number, row in enumerate(rows)
    }
    kinds = {piece.kind for piece in pieces.values()} or {"header only"}
    return FuzzedFile(f"{stem}.parquet", table, b"", file.getvalue(), pieces, kinds)


def unusable_file(
    table: TableDeclaration, stem: str, count: int, chance: random.Random
) -> FuzzedFile:
    """Return a Parquet file that is cut short, garbled where it must not be, or none."""
    content = records_file(table, stem, count + 1, chance).packed
    form = chance.choice(
        ("truncated", "truncated", "no head", "footer", "text", "empty", "foreign")
    )
    name = f"{stem}.parquet"
    if form == "within":
        return garbled(name, table, content, chance)
    if form == "truncated":
        content = content[: chance.randrange(1, len(content))]
    elif form == "no head":
        content = content[chance.randrange(1, len(content)) :]
    elif form == "footer":
        content = content[:-8] + chance.randbytes(4) + b"PAR1"
    elif form == "text":
        content = b"order_id,amount\n1,2\n"
    elif form == "empty":
        content = b""
    else:
        name = f"{stem}.{chance.choice(('csv', 'jsonl', 'csv.gz', 'jsonl.gz'))}"
    kind = {
        "truncated": "truncated Parquet",
        "no head": "truncated Parquet",
        "footer": "garbled Parquet",
        "text": "text named Parquet",
        "empty": "empty",
        "foreign": "Parquet by another name",
    }[form]
    return FuzzedFile(name, table, content, content, {}, {kind}, must_fail=True)


def garbled(
    name: str, table: TableDeclaration, content: bytes, chance: random.Random
) -> FuzzedFile:
    """Return the file with some of its bytes changed; what that does to it nobody knows."""
    changed = bytearray(content)
    for _ in range(chance.choice((1, 3, 20))):
        changed[chance.randrange(4, len(changed) - 8)] = chance.randrange(256)
    return FuzzedFile(name, table, b"", bytes(changed), {}, {"garbled Parquet"}, is_garbled=True)


def _native(value: Value, data_type: pa.DataType) -> Any:
    if value.typed is None:
        return None
    if pa.types.is_timestamp(data_type):
        assert isinstance(value.typed, dt.datetime)
        return value.typed.replace(tzinfo=dt.UTC)
    return value.typed


def _bad(column: ColumnDeclaration, data_type: pa.DataType, chance: random.Random) -> Any:
    """Return a value that the physical type can hold and the declared one cannot; None: null."""
    if pa.types.is_floating(data_type):
        return chance.choice((float("nan"), float("inf"), float("-inf")))
    if pa.types.is_decimal(data_type) and data_type.scale == 4:
        return 10**20
    if pa.types.is_decimal(data_type) and data_type.scale == 0:
        return 2**63
    return None


def _array(items: Sequence[Any], data_type: pa.DataType) -> tuple[pa.Array, pa.DataType]:
    if pa.types.is_binary(data_type):
        items = [item.encode() if item is not None else None for item in items]
    if pa.types.is_decimal(data_type):
        from decimal import Decimal

        items = [Decimal(item) if item is not None else None for item in items]
    array = pa.array(items, pa.string() if pa.types.is_dictionary(data_type) else data_type)
    return (
        (array.dictionary_encode(), data_type)
        if pa.types.is_dictionary(data_type)
        else (array, data_type)
    )


def _has_nanoseconds(fields: Sequence[pa.Field]) -> bool:
    return any(pa.types.is_timestamp(field.type) and field.type.unit == "ns" for field in fields)


def _without(row: Row, table: TableDeclaration, none: set[str]) -> Row:
    return Row(
        tuple(
            value._replace(typed=None) if column.name in none else value
            for column, value in zip(table.columns, row.values, strict=True)
        )
    )
