"""The page in the demo folder that says that all of it is invented, and what is wrong in it."""

from datetime import date
from typing import NamedTuple

MARKER = "SYNTHETIC_DATA.md"

TEMPLATE = """# Påhittade data · Invented data

**Svenska.** Allt i den här mappen är påhittat av ett program: butiken, kunderna, ordrarna, svaren
och kommentarerna. Ingen av personerna finns på riktigt. E-postadresserna slutar på `@example.com`
och telefonnumren hör till den serie som är reserverad för fiktion (+46 70 174 06 05 till 06 99).
Lägg inga riktiga filer här: alla som läser mappen utgår från att allt är påhittat.

**English.** Everything in this folder was invented by a program: the shop, the customers, the
orders, the answers and the comments. No person exists. Addresses end in `@example.com`, and phone
numbers are from the range reserved for fiction (+46 70 174 06 05 to 06 99). Put no real files here:
whoever reads this folder trusts that all of it is invented.

| | |
|---|---|
| slumpfrö · seed | {seed} |
| kunder · customers | {customers} |
| dagar · days | {days} ({start} … {end}) |
| lojalitetsprogrammet öppnar · the loyalty programme opens | {launch} |
| leveranskrisen · the delivery crisis | {crisis_start} … {crisis_end} |

The same numbers give the same files, byte for byte.

## Rader · Rows

| tabell · table | rader · rows |
|---|---:|
{counts}

## Inlagda fel · Sprinkled dirt

Rows in the files as written, repetitions included unless it says distinct, so that what a load
reports can be checked. Those of `orders` are of `orders.csv` where no other file is named.

| tabell · table | fel | dirt | rader · rows |
|---|---|---|---:|
{dirt}
"""


class DirtCount(NamedTuple):
    """One kind of dirt in one table and the number of rows that have it."""

    table: str
    english: str
    swedish: str
    row_count: int


def marker_text(
    *,
    customers: int,
    seed: int,
    period: tuple[date, date],
    crisis: tuple[date, date],
    launch_date: date,
    counts: dict[str, int],
    dirt: list[DirtCount],
) -> str:
    """Return the marker page; `period` and `crisis` are first and last local day."""
    start, end = period
    return TEMPLATE.format(
        customers=customers,
        seed=seed,
        days=(end - start).days + 1,
        start=start,
        end=end,
        launch=launch_date,
        crisis_start=crisis[0],
        crisis_end=crisis[1],
        counts="\n".join(f"| {table} | {count} |" for table, count in counts.items()),
        dirt="\n".join(
            f"| {entry.table} | {entry.swedish} | {entry.english} | {entry.row_count} |"
            for entry in dirt
        ),
    )
