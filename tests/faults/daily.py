"""A synthetic shop as a company lands it: one file of history, then a small export every night.

The demo's generator gives the shop its weekdays, seasons, campaigns, Black Friday, Christmas, late
parcels, new devices and its dirt; here its files are cut by the day on which a row would have been
exported: when it came to be, in its first state, and again when it last changed.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

from loyalty.demo import generate
from loyalty.landing import SYNTHETIC_MARKER

# The moment at which a row of a table comes to be; order lines come with their order.
BORN = {
    "customers": "registered_at",
    "orders": "ordered_at",
    "order_items": None,
    "deliveries": "shipped_at",
    "memberships": "enrolled_at",
    "membership_tiers": "valid_from",
    "program_events": "occurred_at",
    "survey_invitations": "sent_at",
    "survey_answers": "answered_at",
    "support_cases": "opened_at",
    "web_sessions": "started_at",
    "shares": "shared_at",
}
# What a row of these has not yet in the night in which it comes to be.
LATER = {
    "customers": {},
    "orders": {"status": "if(status = 'cancelled', 'paid', 'pending')", "refunded_amount": "null"},
    "deliveries": {"delivered_at": "null"},
    "memberships": {"activated_at": "null", "cancelled_at": "null"},
    "support_cases": {"closed_at": "null", "reopened_count": "null"},
}
# What cannot be typed is dirt that a clean night does not have.
READABLE = {"orders": "try_cast(order_amount as decimal(18, 2)) is not null"}


@dataclass(frozen=True)
class DailyShop:
    """Exports in folders of their own: `history`, and one a night."""

    history: Path
    nights: tuple[Path, ...]


def make_daily_shop(
    folder: Path, *, customers: int, nights: int, last_night: date, seed: int
) -> DailyShop:
    """Write a shop of 400 days of history and `nights` nightly exports up to `last_night`."""
    days = 400 + nights + 5
    generate(folder / "whole", customers, days, seed, last_night + timedelta(days=5))
    first = last_night - timedelta(days=nights - 1)
    with duckdb.connect() as database:
        # The generator's shop lies there, and so do the days that its exports are cut by.
        database.execute("set TimeZone = 'Europe/Stockholm'")
        for table in BORN:
            _export_days(database, folder / "whole", table)
        history = _write(database, folder / "history", "", f"exported_on < date '{first}'")
        dates = [first + timedelta(days=number) for number in range(nights)]
        return DailyShop(
            history,
            tuple(
                _write(database, folder / f"{day}", f"_{day}", f"exported_on = date '{day}'")
                for day in dates
            ),
        )


def _export_days(database: duckdb.DuckDBPyConnection, whole: Path, table: str) -> None:
    """Make a table of exported rows, with the day on which each is."""
    born = BORN[table]
    if born is None:
        database.execute(
            f"create table {table} as select lines.*, orders.exported_on "
            f"from ({_read(whole, table)}) as lines inner join ("
            "select order_id, min(exported_on) as exported_on from orders group by order_id"
            ") as orders using (order_id)"
        )
        return
    readable = READABLE.get(table, "true")
    database.execute(
        f"create table {table} as select *, cast(coalesce(try_cast({born} as timestamptz), "
        f"timestamptz '2000-01-01') as date) as exported_on from ({_read(whole, table)}) "
        f"where {readable} and try_cast(coalesce({born}, '2000-01-01') as timestamptz) is not null"
    )
    if table in LATER:
        changed = "cast(try_cast(updated_at as timestamptz) as date)"
        database.execute(
            f"create temp table changed as select * replace ({changed} as exported_on) "
            f"from {table} where {changed} > exported_on"
        )
        first = {**LATER[table], "updated_at": born}
        states = ", ".join(f"{value} as {column}" for column, value in first.items())
        database.execute(
            f"create or replace table {table} as "
            f"select * from {table} where not coalesce({changed} > exported_on, false) union all "
            f"select * replace ({states}) from {table} where {changed} > exported_on union all "
            "from changed"
        )
        database.execute("drop table changed")


def _read(whole: Path, table: str) -> str:
    path = next(path for path in sorted(whole.iterdir()) if path.name.split(".")[0] == table)
    if path.suffix == ".parquet":
        return f"select columns(*)::varchar from read_parquet('{path}')"
    if path.suffix == ".jsonl":
        return f"select columns(*)::varchar from read_json('{path}', maximum_depth = 1)"
    return f"from read_csv('{path}', all_varchar = true)"


def _write(database: duckdb.DuckDBPyConnection, folder: Path, suffix: str, condition: str) -> Path:
    folder.mkdir()
    (folder / SYNTHETIC_MARKER).write_text("made up\n", encoding="utf-8")
    for table in BORN:
        database.execute(
            f"copy (select * exclude (exported_on) from {table} where {condition}) "
            f"to '{folder}/{table}{suffix}.csv' (format csv, header)"
        )
    return folder
