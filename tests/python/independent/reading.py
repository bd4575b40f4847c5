"""Reading a canonical landing folder: files to typed rows, one winner per key."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

TEXT, TIME, BOOL, NUMBER, AMOUNT = "text", "time", "bool", "number", "amount"

# Column "name" is required where it ends with "!", part of the key where it ends with "*".
TABLES: dict[str, dict[str, str]] = {
    "customers": {
        "customer_id*": TEXT, "email": TEXT, "phone": TEXT, "full_name": TEXT,
        "country_code": TEXT, "registered_at": TIME, "is_test": BOOL, "is_employee": BOOL,
        "marketing_consent": BOOL, "survey_consent": BOOL, "updated_at": TIME,
    },
    "orders": {
        "order_id*": TEXT, "customer_id": TEXT, "ordered_at!": TIME, "status!": TEXT,
        "sales_channel": TEXT, "device_type": TEXT, "currency": TEXT, "order_amount!": AMOUNT,
        "refunded_amount": AMOUNT, "discount_amount": AMOUNT, "shipping_amount": AMOUNT,
        "store_id": TEXT, "is_test": BOOL, "updated_at": TIME,
    },
    "order_items": {
        "order_id*": TEXT, "line_number*": NUMBER, "product_id": TEXT, "product_category": TEXT,
        "quantity": NUMBER, "unit_amount": AMOUNT,
    },
    "deliveries": {
        "delivery_id*": TEXT, "order_id!": TEXT, "carrier": TEXT, "promised_at": TIME,
        "shipped_at": TIME, "delivered_at": TIME, "updated_at": TIME,
    },
    "memberships": {
        "membership_id*": TEXT, "customer_id!": TEXT, "enrolled_at!": TIME, "activated_at": TIME,
        "cancelled_at": TIME, "updated_at": TIME,
    },
    "membership_tiers": {"membership_id*": TEXT, "valid_from*": TIME, "tier!": TEXT},
    "program_events": {
        "event_id*": TEXT, "membership_id!": TEXT, "occurred_at!": TIME, "event_type!": TEXT,
        "offer_id": TEXT, "points": NUMBER, "order_id": TEXT,
    },
    "survey_invitations": {
        "invitation_id*": TEXT, "customer_id": TEXT, "survey_kind!": TEXT,
        "survey_channel!": TEXT, "sent_at!": TIME, "delivery_status": TEXT, "order_id": TEXT,
        "delivery_id": TEXT, "case_id": TEXT,
    },
    "survey_answers": {
        "answer_id*": TEXT, "invitation_id": TEXT, "customer_id": TEXT, "survey_kind!": TEXT,
        "survey_channel": TEXT, "answered_at!": TIME, "score": NUMBER, "scale_min!": NUMBER,
        "scale_max!": NUMBER, "comment": TEXT, "language_code": TEXT, "order_id": TEXT,
        "delivery_id": TEXT, "case_id": TEXT,
    },
    "support_cases": {
        "case_id*": TEXT, "customer_id": TEXT, "case_channel": TEXT, "category": TEXT,
        "opened_at!": TIME, "closed_at": TIME, "reopened_count": NUMBER, "order_id": TEXT,
        "updated_at": TIME,
    },
    "web_sessions": {
        "session_id*": TEXT, "customer_id": TEXT, "started_at!": TIME, "device_type": TEXT,
        "reached_cart": BOOL, "reached_checkout": BOOL, "order_id": TEXT,
    },
    "shares": {
        "share_id*": TEXT, "customer_id!": TEXT, "shared_at!": TIME, "share_kind": TEXT,
        "platform": TEXT, "product_id": TEXT,
    },
}  # fmt: skip

SUFFIXES = (".csv.gz", ".csv", ".parquet", ".jsonl")
TRUE, FALSE = {"true", "t", "1", "yes", "y"}, {"false", "f", "0", "no", "n"}
NUMBER_PATTERN = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
DAY = r"\d{4}-\d{2}-\d{2}"
CLOCK = r"[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?"
OFFSET = r"(Z|z|[+-]\d{2}(:?\d{2})?)"
LOCAL_PATTERN = rf"^{DAY}({CLOCK})?$"
INSTANT_PATTERN = rf"^{DAY}{CLOCK}{OFFSET}$"


class LandingError(ValueError):
    """A landing folder that the contract says must not pass."""


@dataclass(frozen=True, eq=False)
class Landing:
    """One source's winners per table, and what was set aside on the way."""

    tables: dict[str, pd.DataFrame]
    landed: frozenset[str]
    business_zone: str
    rejected: dict[str, int] = field(default_factory=dict)

    def __getitem__(self, table: str) -> pd.DataFrame:
        return self.tables[table]


def load(folder: Path, business_zone: str = "Europe/Stockholm") -> Landing:
    """Read every landing file of a folder; times without an offset are in the business's zone.

    Raises LandingError when a file lacks a required column.
    """
    files = _files_by_table(Path(folder))
    tables, rejected = {}, {}
    for table, columns in TABLES.items():
        typed = [_typed(table, path, columns, business_zone) for path in files.get(table, [])]
        frame = pd.concat([rows for rows, _ in typed]) if typed else _empty(columns)
        rejected[table] = sum(count for _, count in typed)
        tables[table] = _winners(frame, columns)
    return Landing(tables, frozenset(files), business_zone, rejected)


def _plain(column: str) -> str:
    return column.rstrip("*!")


def _files_by_table(folder: Path) -> dict[str, list[Path]]:
    """Landing files of each table in the byte order of their names; longest prefix wins."""
    found: dict[str, list[Path]] = {}
    paths = (path for path in folder.iterdir() if path.name.endswith(SUFFIXES))
    for path in sorted(paths, key=lambda path: path.name.encode()):
        prefixes = [table for table in TABLES if path.name.startswith(table)]
        if prefixes:
            found.setdefault(max(prefixes, key=len), []).append(path)
    return found


def _typed(table: str, path: Path, columns: dict[str, str], zone: str) -> tuple[pd.DataFrame, int]:
    """Good rows of one file, typed and in file order, and the number of rejected ones."""
    raw, broken = _as_text(path)
    required = {_plain(name) for name in columns if name != _plain(name)}
    missing = sorted(required - set(raw.columns))
    if missing:
        raise LandingError(f"{path.name}: {table} lacks {', '.join(missing)}")
    bad = pd.Series(False, index=raw.index)
    typed = {}
    for marked, kind in columns.items():
        name = _plain(marked)
        text = raw[name] if name in raw else pd.Series(None, index=raw.index, dtype=object)
        text = text.where(text.ne("") & text.notna(), None)
        typed[name] = _cast(text, kind, zone)
        bad |= text.notna() & typed[name].isna()
        if name in required:
            bad |= text.isna()
    return pd.DataFrame(typed)[~bad], int(bad.sum()) + broken


def _winners(frame: pd.DataFrame, columns: dict[str, str]) -> pd.DataFrame:
    """One row per key: newest `updated_at`, null the oldest; then the row loaded later."""
    key = [_plain(name) for name in columns if name.endswith("*")]
    if "updated_at" in frame:
        frame = frame.sort_values("updated_at", kind="stable", na_position="first")
    return frame.drop_duplicates(key, keep="last").reset_index(drop=True)


def _empty(columns: dict[str, str]) -> pd.DataFrame:
    none = pd.Series([], dtype=object)
    return pd.DataFrame({_plain(name): _cast(none, kind, "UTC") for name, kind in columns.items()})


# --- files to text -------------------------------------------------------------------------


def _as_text(path: Path) -> tuple[pd.DataFrame, int]:
    """Records of a file as text columns, and the number that could not be read at all."""
    if path.name.endswith(".parquet"):
        return _parquet_text(path), 0
    opener = gzip.open if path.name.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8-sig", newline="") as lines:
        return _json_text(lines) if path.name.endswith(".jsonl") else _csv_text(path, lines)


def _csv_text(path: Path, lines: Iterable[str]) -> tuple[pd.DataFrame, int]:
    records = [record for record in csv.reader(lines) if record]
    if not records:
        raise LandingError(f"{path.name}: no header")
    header, *rows = records
    whole = [row for row in rows if len(row) == len(header)]
    return pd.DataFrame(whole, columns=header, dtype=object), len(rows) - len(whole)


def _json_text(lines: Iterable[str]) -> tuple[pd.DataFrame, int]:
    records, broken = [], 0
    for line in lines:
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            records.append({name: _json_value(value) for name, value in record.items()})
        except (ValueError, AttributeError):
            broken += 1
    return pd.DataFrame(records, dtype=object), broken


def _json_value(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)


def _parquet_text(path: Path) -> pd.DataFrame:
    table = pq.read_table(path)
    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_timestamp(column.type):
            # Text of an aware timestamp is written in UTC with a Z, of a naive one bare.
            kind = pa.timestamp("us", tz="UTC" if column.type.tz else None)
        else:
            kind = column.type
        text = column.cast(kind).cast(pa.string()).to_pylist()
        columns[name] = pd.Series(text, dtype=object)
    return pd.DataFrame(columns)


# --- text to types: null stays null, what cannot be read becomes null and is rejected --------


def _cast(text: pd.Series, kind: str, zone: str) -> pd.Series:
    if kind == TEXT:
        return text.astype(object)
    if kind == TIME:
        return instants(text, zone)
    if kind == BOOL:
        words = text.str.lower() if text.notna().any() else text
        return words.map({**dict.fromkeys(TRUE, True), **dict.fromkeys(FALSE, False)})
    number = pd.to_numeric(text.where(_matches(text, NUMBER_PATTERN)), errors="coerce")
    return number.astype(float).round(2) if kind == AMOUNT else number.astype(float)


def _matches(text: pd.Series, pattern: str) -> pd.Series:
    expression = re.compile(pattern)
    return text.map(lambda value: isinstance(value, str) and bool(expression.match(value))).astype(
        bool
    )


def instants(text: pd.Series, zone: str) -> pd.Series:
    """ISO 8601 text to UTC instants; without an offset it is wall time in `zone`."""
    result = pd.Series(pd.NaT, index=text.index, dtype="datetime64[ns, UTC]")
    has_offset = _matches(text, INSTANT_PATTERN)
    is_local = _matches(text, LOCAL_PATTERN)
    if has_offset.any():
        result[has_offset] = pd.to_datetime(
            text[has_offset].str.upper(), format="ISO8601", utc=True, errors="coerce"
        )
    if is_local.any():
        wall = pd.to_datetime(text[is_local], format="ISO8601", errors="coerce")
        result[is_local] = _wall_to_utc(wall, zone)
    return result


def _wall_to_utc(wall: pd.Series, zone: str) -> pd.Series:
    """Wall time to UTC: a doubled hour is its first pass, a skipped one has the old offset."""
    plain = wall.dt.tz_localize(zone, ambiguous="NaT", nonexistent="NaT")
    plain = plain.dt.tz_convert("UTC").copy()
    odd = plain.isna() & wall.notna()
    if odd.any():
        # datetime with fold=0 has exactly the contract's reading of both odd hours.
        info = ZoneInfo(zone)
        plain[odd] = wall[odd].map(lambda moment: _first_pass(moment.to_pydatetime(), info))
    return plain


def _first_pass(moment: datetime, info: ZoneInfo) -> pd.Timestamp:
    return pd.Timestamp(moment.replace(tzinfo=info, fold=0).astimezone(UTC))
