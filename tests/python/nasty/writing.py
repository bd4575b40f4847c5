"""Rows to files: four formats, every notation of time, keys delivered again and again."""

from __future__ import annotations

import csv
import gzip
import io
import json
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from .corners import corners
from .crowd import ZONE, Crowd, Row

AS_OF = date(2025, 9, 17)
BUSINESS_ZONE = "Europe/Stockholm"
KEYS = {
    "customers": "customer_id",
    "orders": "order_id",
    "deliveries": "delivery_id",
    "memberships": "membership_id",
    "survey_invitations": "invitation_id",
    "survey_answers": "answer_id",
    "support_cases": "case_id",
    "program_events": "event_id",
    "shares": "share_id",
}
SCORES = ("score", "scale_min", "scale_max")
ENDINGS = ("1.csv", "2.csv.gz", "3.parquet", "4.jsonl")
# What a later delivery of the same key may say differently.
CHANGES: dict[str, dict[str, tuple[Any, ...]]] = {
    "customers": {
        "country_code": ("SE", "NO", "DE", None),
        "is_test": (True, False, False, False),
    },
    "orders": {
        "status": ("paid", "cancelled", "refunded", "pending"),
        "device_type": ("mobile_app", "desktop", None),
        "refunded_amount": (None, 0.0, 10.0),
    },
    "deliveries": {"carrier": ("DHL", None), "delivered_at": (None,)},
    "memberships": {"cancelled_at": (None,), "activated_at": (None,)},
    "survey_invitations": {"delivery_status": ("bounced", "delivered", None)},
    "survey_answers": {"score": (1, 5, None), "survey_channel": ("sms", None)},
    "support_cases": {"closed_at": (None,), "category": ("refund", "warranty")},
    "program_events": {"event_type": ("offer_sent", "offer_opened")},
    "shares": {"share_kind": ("review", "share", None)},
}
# Rows that cannot be typed replace nothing, even when their key is known.
BROKEN: dict[str, list[Row]] = {
    "orders": [
        {"order_id": "1", "ordered_at": "yesterday", "status": "cancelled", "order_amount": "1"},
        {"order_id": "2", "ordered_at": "2025-02-30", "status": "cancelled", "order_amount": "1"},
        {"order_id": "bad", "ordered_at": "2025-02-03", "status": "paid", "order_amount": "ten"},
    ],
    "survey_answers": [
        {"answer_id": "1", "survey_kind": "csat", "answered_at": "2025-02-03", "score": "good",
         "scale_min": "1", "scale_max": "5"},
        {"answer_id": "bad", "survey_kind": "csat", "answered_at": "2025-02-03", "score": "5",
         "scale_min": "one", "scale_max": "5"},
    ],
}  # fmt: skip


def write_nasty(folder: Path, seed: int = 7) -> None:
    """Write the landing files of all twelve tables into `folder`; the same seed, the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    random = Random(seed)
    tables = Crowd(random).tables
    special = corners()
    note = "Invented rows that are wrong on purpose. No person is behind them.\n"
    (folder / "SYNTHETIC_DATA.md").write_text(note, encoding="utf-8")
    for table, rows in tables.items():
        columns = list(rows[0])
        files = _spread(random, table, rows)
        files["1.csv"] += special.get(table, []) + BROKEN.get(table, [])
        for ending, landed in files.items():
            _write(random, folder / f"{table}_{ending}", landed, columns)


def _spread(random: Random, table: str, rows: list[Row]) -> dict[str, list[Row]]:
    """Deal rows out to files, some of them several times with other contents."""
    files: dict[str, list[Row]] = {ending: [] for ending in ENDINGS}
    changes = CHANGES.get(table)
    for row in rows:
        files[random.choice(ENDINGS)].append(row)
        while changes and random.random() < 0.07:
            files[random.choice(ENDINGS)].append(_changed(random, row, changes))
    return files


def _changed(random: Random, row: Row, changes: dict[str, tuple[Any, ...]]) -> Row:
    """The same key with another content: newer, older, of the same moment, or undated."""
    changed = dict(row)
    for column, values in changes.items():
        if random.random() < 0.6:
            changed[column] = random.choice(values)
    if row.get("updated_at"):
        kind = random.choice(("newer", "newer", "older", "equal", "null"))
        shift = {"newer": 30, "older": -30, "equal": 0, "null": None}[kind]
        minutes = None if shift is None else timedelta(minutes=shift)
        changed["updated_at"] = None if minutes is None else row["updated_at"] + minutes
    return changed


# --- formats -------------------------------------------------------------------------------


def _write(random: Random, path: Path, rows: list[Row], columns: list[str]) -> None:
    if path.suffix == ".parquet":
        _write_parquet(random, path, rows, columns)
        return
    # Columns are found by name: every file has its own order, and one that nobody asked for.
    shuffled = random.sample(columns, len(columns))
    text = io.StringIO()
    if path.suffix == ".jsonl":
        for row in rows:
            record = {name: _json_value(random, row.get(name)) for name in shuffled}
            text.write(json.dumps(record, ensure_ascii=False) + "\n")
    else:
        writer = csv.DictWriter(text, [*shuffled, "export_run"], lineterminator="\n")
        writer.writeheader()
        for row in rows:
            written = {name: _csv_value(random, name, row.get(name)) for name in shuffled}
            writer.writerow({**written, "export_run": "17"})
    content = text.getvalue().encode("utf-8")
    if path.suffix == ".gz":
        content = gzip.compress(content, mtime=0)
    path.write_bytes(content)


def _csv_value(random: Random, column: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return random.choice(("true", "TRUE", "1") if value else ("false", "FALSE", "0"))
    if isinstance(value, datetime):
        return notation(random, value)
    if column in SCORES and isinstance(value, int) and random.random() < 0.1:
        return f"{value}.0"
    return str(value)


def _json_value(random: Random, value: object) -> object:
    return notation(random, value) if isinstance(value, datetime) else value


def notation(random: Random, moment: datetime) -> str:
    """One of the ways to write a moment; wall time only where it means this moment."""
    local = moment.astimezone(ZONE)
    elsewhere = timezone(timedelta(minutes=random.choice((-300, 330, 0))))
    forms = [
        moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        local.isoformat(),
        moment.astimezone(elsewhere).isoformat(timespec="milliseconds"),
    ]
    bare = local.replace(tzinfo=None)
    if bare.replace(tzinfo=ZONE, fold=0).astimezone(UTC) == moment:
        forms += [bare.isoformat(), bare.isoformat(" "), bare.isoformat(" ", "milliseconds")]
        if bare.second == 0:
            forms.append(bare.isoformat(timespec="minutes"))
        if bare.hour == bare.minute == bare.second == 0:
            forms += [bare.date().isoformat()] * 5
    return random.choice(forms)


def _write_parquet(random: Random, path: Path, rows: list[Row], columns: list[str]) -> None:
    arrays = {name: _array(random, [row.get(name) for row in rows]) for name in columns}
    pq.write_table(pa.table(arrays), path)


def _array(random: Random, values: list[Any]) -> pa.Array:
    """Typed columns; moments as instants or, where that is exact, as naive wall time."""
    moments = [value for value in values if isinstance(value, datetime)]
    if not moments:
        kinds = {type(value) for value in values if value is not None}
        return pa.array(values, pa.float64() if float in kinds else None)
    bare = [_bare(moment) for moment in moments]
    is_exact = all(wall.replace(tzinfo=ZONE).astimezone(UTC) == moment
                   for wall, moment in zip(bare, moments, strict=True))  # fmt: skip
    if is_exact and random.random() < 0.5:
        walls = [None if value is None else _bare(value) for value in values]
        return pa.array(walls, pa.timestamp("us"))
    return pa.array(values, pa.timestamp("us", "UTC"))


def _bare(moment: datetime) -> datetime:
    """Wall time without its zone and without the mark of the second pass."""
    return moment.astimezone(ZONE).replace(tzinfo=None, fold=0)
