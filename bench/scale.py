"""A shop of N million orders, all other tables in proportion: three years, and days after them.

Drawn by DuckDB from hashes of row numbers (`scale.sql`): the same bytes each time, at any size.
The history is one file a table; each day after is one file a table too, with what changed on that
day of what was there before (orders refunded, parcels delivered, cases closed) and with orders that
come late. Some dirt: records that cannot be read, guests, unknown devices, cancelled and refunded
orders, keys that point at nothing, skipped and impossible scores.
"""

import hashlib
import shutil
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Literal

import duckdb

SQL = Path(__file__).with_name("scale.sql")
SEED = 1
# The days after the history lie in its last quarter: the night that begins one builds all anew.
START = date(2023, 5, 15)
DAYS = 1096
END = START + timedelta(days=DAYS)

# Rows of each table for one order of the history.
SHARES = {
    "customers": 0.12,
    "orders": 1.0,
    "order_items": 1.0,
    "deliveries": 0.6,
    "memberships": 0.05,
    "membership_tiers": 0.06,
    "program_events": 0.5,
    "survey_invitations": 0.25,
    "survey_answers": 0.06,
    "support_cases": 0.02,
    "web_sessions": 0.5,
    "shares": 0.03,
}
# For how many days a row of the table may still change.
CHANGES_FOR = {"orders": 90, "deliveries": 8, "support_cases": 6}
# Of these, rows of any age change or begin on a day.
ANY_AGE = ("customers", "memberships", "membership_tiers")
# What cannot be read is no value in Parquet, and no number in CSV.
TEXT = {"orders": "* replace (coalesce(order_amount::varchar, 'n/a') as order_amount)"}

Format = Literal["parquet", "csv"]


@dataclass(frozen=True)
class Shop:
    """The landing files of a shop of so many orders; made when first asked for, then cached.

    `thousands` of orders in the history: a test may want a small one.
    """

    thousands: int
    cache: Path

    @classmethod
    def of(cls, millions: float, cache: Path) -> "Shop":
        """Return the shop of so many million orders, to the thousand."""
        return cls(round(1000 * millions), cache)

    @property
    def name(self) -> str:
        """Its name, with what draws it: no shop of an earlier version is taken for this one."""
        numbers = (SEED, START, DAYS, SHARES, CHANGES_FOR, ANY_AGE, TEXT)
        drawn_by = hashlib.sha256(f"{numbers} {SQL.read_text(encoding='utf-8')}".encode())
        return f"{self.thousands}k_{drawn_by.hexdigest()[:8]}"

    def folder(self, day: int = 0, file_format: Format = "parquet") -> Path:
        """Return a folder that can be landed as the source `canonical`.

        It holds the history, or, from day 1, a day after it.
        """
        place = self.cache / "shops" / self.name / str(day) / file_format
        if not place.exists():
            unfinished = place.with_name(f"{file_format}.unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir(parents=True)
            if file_format == "csv":
                _as_csv(self.folder(day), unfinished)
            else:
                self._draw(day, unfinished)
            unfinished.rename(place)
        return place

    def rows(self, table: str) -> int:
        """Return how many rows of the table fall into the history."""
        return int(Fraction(str(SHARES[table])) * 1000 * self.thousands)

    def bytes(self, day: int = 0, file_format: Format = "parquet") -> int:
        """Return the size of the landing files."""
        return sum(file.stat().st_size for file in self.folder(day, file_format).iterdir())

    def _draw(self, day: int, folder: Path) -> None:
        with duckdb.connect(config={"memory_limit": "4GB", "temp_directory": str(folder)}) as drawn:
            drawn.execute("set TimeZone = 'UTC'")
            drawn.execute("set enable_progress_bar = false")
            values = {
                "orders": self.rows("orders"),
                "days": DAYS,
                "seed": SEED,
                "start": _microseconds(START),
                "finish": _microseconds(END),
            }
            for name, value in values.items():
                drawn.execute(f"set variable {name} = {value}::bigint")
            drawn.execute(SQL.read_text(encoding="utf-8"))
            for table in SHARES:
                select = self._day(table, day) if day else self._history(table)
                file = folder / f"{table}{f'_day_{day}' if day else ''}.parquet"
                drawn.execute(f"copy ({select}) to '{file}' (format parquet)")

    def _history(self, table: str) -> str:
        where = " where not is_late(order_id::bigint)" if table == "orders" else ""
        return f"from {table}(0, {self.rows(table)}, {_microseconds(END)}){where}"

    def _day(self, table: str, day: int) -> str:
        """Select what began or changed on the day, of rows that may still change then."""
        first = 0 if table in ANY_AGE else self._until(table, day - 1 - CHANGES_FOR.get(table, 0))
        begin, end = (_microseconds(END + timedelta(days=count)) for count in (day - 1, day))
        rows = f"from {table}({first}, {self._until(table, day)}, {end})"
        if table == "membership_tiers":
            return f"{rows} where epoch_us(valid_from) >= {begin}"
        if table not in CHANGES_FOR and table not in ANY_AGE:
            return rows
        late = " or is_late(order_id::bigint)" if table == "orders" and day == 1 else ""
        return f"{rows} where epoch_us(updated_at) >= {begin}{late}"

    def _until(self, table: str, day: int) -> int:
        """Return how many rows there are at the end of that day after the history."""
        known = self.rows(table)
        # Four customers in ten were there before the first day; the others come evenly.
        coming = Fraction(known * 6, 10) if table == "customers" else Fraction(known)
        return known + ceil(coming * day / DAYS)


def _as_csv(parquet: Path, folder: Path) -> None:
    with duckdb.connect(config={"memory_limit": "4GB"}) as copied:
        copied.execute("set TimeZone = 'UTC'")
        copied.execute("set enable_progress_bar = false")
        for file in sorted(parquet.iterdir()):
            select = TEXT.get(file.stem.partition("_day_")[0], "*")
            place = folder / f"{file.stem}.csv"
            copied.execute(
                f"copy (select {select} from '{file}') to '{place}' (format csv, header)"
            )


def _microseconds(day: date) -> int:
    return int(
        (datetime(day.year, day.month, day.day) - datetime(1970, 1, 1)).total_seconds() * 1e6
    )
