"""A shop's history as its source would export it, day by day, and the ways such exports go astray.

`make_history` turns one synthetic shop into versions of rows: what each row was before it became
what it is. `draw` makes a seeded sequence of nights of them: which files land when. Every sequence
keeps the one rule that decides who wins, and lets chance have all the rest: rows of one key and one
cursor (of one key, in a table without a cursor) arrive in the order in which they were written.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

import duckdb

from faults.houses import make_shop
from loyalty.declarations import TableDeclaration, read_declarations

TABLES = read_declarations()["canonical"].tables
END = date(2026, 6, 30)
DAYS = 150
CUSTOMERS = 60
ENDINGS = ("csv", "csv", "csv.gz", "jsonl", "parquet")
LONGEST_DELAY_DAYS = 90
# Corrections leave the first weeks alone: an earlier first day of all would make periods that the
# correction takes away again, and a period that was published never goes unseen.
SETTLED_AFTER = END - timedelta(days=DAYS - 35)

# When a row came to be, where its table has no event timestamp or leaves it empty.
CREATED = {
    "customers": "coalesce(registered_at, updated_at)",
    "order_items": "(select o.ordered_at from base_orders as o where o.order_id = t.order_id)",
    "deliveries": "coalesce(shipped_at, promised_at, updated_at)",
    "membership_tiers": "valid_from",
}
SOMEBODY = "getvariable('customers')[1 + (chance('who', row_key, 0) * {count})::bigint % {count}]"
# What a row was before, column by column: unfinished, unknown, or plainly wrong.
BEFORE = {
    "customers": {
        "is_test": "false",
        "is_employee": "true",
        "email": "null",
        "country_code": "'DK'",
        "registered_at": "null",
    },
    "orders": {
        "status": "'pending'",
        "customer_id": SOMEBODY,
        "ordered_at": "ordered_at - interval 5 day",
        "order_amount": "order_amount * 2",
        "refunded_amount": "0",
        "device_type": "null",
        "is_test": "true",
    },
    "order_items": {"quantity": "quantity + 1", "unit_amount": "null", "product_category": "'x'"},
    "deliveries": {
        "delivered_at": "null",
        "carrier": "null",
        "promised_at": "promised_at + interval 3 day",
        "order_id": "'A000000001'",
    },
    "memberships": {"activated_at": "null", "cancelled_at": "null", "customer_id": SOMEBODY},
    "membership_tiers": {"tier": "'bronze'"},
    "program_events": {"event_type": "'points_adjusted'", "points": "null", "order_id": "null"},
    "survey_invitations": {
        "customer_id": SOMEBODY,
        "delivery_status": "'bounced'",
        "sent_at": "sent_at - interval 1 day",
    },
    "survey_answers": {
        "customer_id": SOMEBODY,
        "invitation_id": "null",
        "score": "scale_min",
        "answered_at": "answered_at - interval 9 day",
    },
    "support_cases": {"closed_at": "null", "customer_id": "null", "category": "null"},
    "web_sessions": {"customer_id": SOMEBODY, "device_type": "null", "reached_cart": "true"},
    "shares": {"customer_id": SOMEBODY, "share_kind": "'review'"},
}
# What happens late in life to more rows than the synthetic shop's few.
FATES = {
    "customers": {"is_test": "is_test or chance('test', row_key, 0) < 0.08"},
    "memberships": {
        "cancelled_at": "if(chance('leaves', row_key, 0) < 0.3, "
        "activated_at + interval 25 day, cancelled_at)",
        "updated_at": "greatest(updated_at, if(chance('leaves', row_key, 0) < 0.3, "
        "activated_at + interval 25 day, null))",
    },
}


@dataclass(frozen=True)
class LandedFile:
    """One file of one night: the query of its rows, in their order."""

    name: str
    table: str
    query: str


@dataclass(frozen=True)
class PlannedNight:
    """One night; `breaks_off` says where it is cut short: a count of files, or after a step."""

    files: tuple[LandedFile, ...]
    as_of: date | None = None
    is_full_refresh: bool = False
    breaks_off: int | str | None = None


@dataclass(frozen=True)
class Cut:
    """Where a night breaks off; then it is tried again, or its files wait for the night after."""

    breaks_off: int | str
    is_tried_again: bool


@dataclass
class Sequence:
    """Nights in a row, and in words what is odd about them."""

    nights: list[PlannedNight] = field(default_factory=list)
    is_landing_emptied: bool = False
    oddities: list[str] = field(default_factory=list)


def make_history(folder: Path, seed: int) -> Path:
    """Write a shop's rows in all their versions to a database, and return its path."""
    landing = make_shop(folder / "shop", CUSTOMERS, DAYS, seed)
    path = folder / "history.duckdb"
    with open_history(path, is_read_only=False) as connection:
        for table in TABLES.values():
            connection.execute(_base_query(table, landing))
        connection.execute(
            "set variable customers = (select list(customer_id order by 1) from base_customers)"
        )
        for table in TABLES.values():
            connection.execute(_versions_query(table))
    return path


@contextmanager
def open_history(path: Path, *, is_read_only: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a history; times without an offset are the business's."""
    with duckdb.connect(str(path), read_only=is_read_only) as connection:
        connection.execute("set TimeZone = 'Europe/Stockholm'")
        connection.execute(
            "create temp macro chance(salt, row_key, version) as "
            "hash(concat_ws('/', salt, row_key, version)) / 18446744073709551616.0"
        )
        yield connection


def everything(connection: duckdb.DuckDBPyConnection) -> PlannedNight:
    """Return the one clean night: every row in every version, a file a table."""
    files = []
    for table in TABLES.values():
        connection.execute(
            f"create or replace temp table arrivals_{table.name} as "
            f"select *, 1 as night, '' as file, true as is_last from versions_{table.name}"
        )
        files.append(_file(f"{table.name}.csv", table, "true"))
    return PlannedNight(tuple(files))


def differences(connection: duckdb.DuckDBPyConnection, history: Path) -> int:
    """Count the rows in which raw, on this connection, is not what the shop has become."""
    connection.execute(f"attach '{history}' as history (read_only)")
    count = 0
    for table in TABLES.values():
        ours = ", ".join(
            f"timezone('UTC', {c.name})" if c.data_type == "timestamp" else c.name
            for c in table.columns
        )
        truth = f"select {ours} from history.base_{table.name}"
        raw = f"select {', '.join(table.column_names)} from {table.schema}.{table.name}"
        query = f"from (({truth} except all {raw}) union all ({raw} except all {truth}))"
        count += connection.execute(f"select count(*) {query}").fetchall()[0][0]
    connection.execute("detach history")
    return count


def write(connection: duckdb.DuckDBPyConnection, files: tuple[LandedFile, ...], to: Path) -> None:
    """Write the files of a night; a file without rows has its header, or is not there."""
    for file in files:
        path = to / file.name
        ending = file.name.partition(".")[2]
        columns = ", ".join(
            f"strftime(timezone('UTC', {c.name}), '%Y-%m-%dT%H:%M:%S.%fZ') as {c.name}"
            if c.data_type == "timestamp" and ending != "parquet"
            else c.name
            for c in TABLES[file.table].columns
        )
        options = {
            "csv": "format csv, header",
            "csv.gz": "format csv, header, compression gzip",
            "jsonl": "format json",
            "parquet": "format parquet",
        }[ending]
        connection.execute(f"copy (select {columns} from ({file.query})) to '{path}' ({options})")
        if ending == "jsonl" and path.stat().st_size == 0:
            path.unlink()


def draw(connection: duckdb.DuckDBPyConnection, random: Random) -> Sequence:
    """Draw one sequence; the arrivals of its rows stand in the connection's own tables."""
    sequence = Sequence(is_landing_emptied=random.random() < 0.5)
    night_count = random.choice((2, 3, 3))
    exports = _export_days(random)
    nights_of = _nights_of(random, len(exports), night_count, sequence)
    cuts = [_cut(random, is_last=number == night_count) for number in range(1, night_count + 1)]
    # Files that a cut night left lying are read with the next night's, by name: the names then
    # keep the order in which the files came.
    is_named_by_night = any(cut and not cut.is_tried_again for cut in cuts)
    salt = str(random.random())
    for table in TABLES.values():
        plan = _plan(
            random, table, exports, nights_of[table.name], is_named_by_night=is_named_by_night
        )
        _place(connection, table, plan, salt)
    _say_what_is_late(connection, sequence)
    last_days = {
        night: max(day for day, own in zip(exports, nights_of[""], strict=True) if own <= night)
        for night in range(1, night_count + 1)
    }
    for number in range(1, night_count + 1):
        files = [*_planned_files(connection, number), *_repeats(random, number, sequence)]
        is_last = number == night_count
        as_of = None if is_last else _as_of(random, last_days[number], sequence)
        full = not is_last and random.random() < 0.2
        if cut := cuts[number - 1]:
            sequence.oddities.append(f"night {number} breaks off at {cut.breaks_off}")
            sequence.nights.append(PlannedNight(tuple(files), as_of, full, cut.breaks_off))
            files = []
            if not cut.is_tried_again:
                sequence.oddities.append(f"night {number} is not tried again")
                continue
        sequence.nights.append(PlannedNight(tuple(files), as_of, full))
        sequence.oddities += [f"night {number} is a full refresh"] * full
    return sequence


def _base_query(table: TableDeclaration, landing: Path) -> str:
    """One row a key, as the synthetic shop ends: typed, with `row_key`, `created_at`."""
    reads = []
    for path in sorted(landing.glob(f"{table.name}*")):
        reader = {
            ".parquet": f"read_parquet('{path}')",
            ".jsonl": f"read_json('{path}', format = 'newline_delimited')",
        }.get(path.suffix, f"read_csv('{path}', all_varchar = true, header = true)")
        reads.append(f"select * from {reader}")
    types = {"timestamp": "timestamptz"}
    typed = ", ".join(
        f"try_cast({c.name}::varchar as {types.get(c.data_type, c.data_type)}) as {c.name}"
        for c in table.columns
    )
    required = " and ".join(f"{c.name} is not null" for c in table.columns if c.required)
    row_key = f"concat_ws('|', {', '.join(table.primary_key)})"
    newest = f"{table.cursor} desc nulls last" if table.cursor else "1"
    fates = ", ".join(f"{sql} as {name}" for name, sql in FATES.get(table.name, {}).items())
    created = CREATED.get(table.name, table.event_timestamp)
    return f"""
        create table base_{table.name} as
        with typed as (
            select {typed} from ({" union all by name ".join(reads)})
        ),
        keyed as (
            select *, {row_key} as row_key from typed where {required}
            qualify row_number() over (partition by row_key order by {newest}) = 1
        ),
        t as (select * {f"replace ({fates})" if fates else ""} from keyed)
        select *, coalesce({created}, timestamptz '{SETTLED_AFTER}') as created_at from t
    """


def _versions_query(table: TableDeclaration) -> str:
    """Rows as they were and are: `version` counts up, `tie` names rows that order decides."""
    changes = []
    for name, sql in BEFORE[table.name].items():
        before = sql.format(count=CUSTOMERS)
        changes.append(
            f"if(version < versions and chance('{name}', row_key, version) < 0.6, "
            f"{before}, {name}) as {name}"
        )
    final = table.cursor or "if(versions > 1, created_at + to_days(back), created_at)"
    if table.cursor:
        changes.append(
            f"if(version < versions and {table.cursor} is not null, "
            f"if(chance('null', row_key, version) < 0.1, null, changed_at), {table.cursor}) "
            f"as {table.cursor}"
        )
    tie = f"concat_ws('|', row_key, epoch_us({table.cursor}))" if table.cursor else "row_key"
    end = f"timestamptz '{END} 23:59:59'"
    return f"""
        create table versions_{table.name} as
        with counted as (
            select
                *,
                case
                    when created_at < timestamptz '{SETTLED_AFTER}' then 1
                    when chance('versions', row_key, 0) < 0.15 then 3
                    when chance('versions', row_key, 0) < 0.45 then 2
                    else 1
                end as versions,
                if(
                    chance('at once', row_key, 0) < 0.2, 0, chance('back', row_key, 0) * 40
                )::integer as back
            from base_{table.name}
        ),
        unrolled as (
            select
                *,
                unnest(range(1, versions + 1)) as version,
                least(coalesce({final}, created_at), {end}) as final_at
            from counted
        ),
        dated as (
            select
                *,
                if(
                    version = versions,
                    final_at,
                    greatest(created_at, final_at - to_days(back * (versions - version)::integer))
                ) as changed_at
            from unrolled
        ),
        changed as (select * replace ({", ".join(changes)}) from dated)
        select *, {tie} as tie, version = versions as is_final, changed_at::date as changed_date
        from changed
    """


def _export_days(random: Random) -> list[date]:
    """Days of export: a first one with all history, then some days on, the last with all."""
    day = END - timedelta(days=random.randint(40, 100))
    days = [day]
    while len(days) < 5 and day < END:
        day = min(END, day + timedelta(days=random.choice((1, 1, 2, 7, 20, 40))))
        days.append(day)
    days[-1] = END
    return days


def _nights_of(
    random: Random, export_count: int, night_count: int, sequence: Sequence
) -> dict[str, list[int]]:
    """Return by table the night in which each export lands; the empty name is the plan."""
    cuts = sorted(random.sample(range(1, export_count), min(night_count, export_count) - 1))
    usual = [1 + sum(export >= cut for cut in cuts) for export in range(export_count)]
    if len(set(usual)) < export_count:
        sequence.oddities.append(f"exports land in nights {usual}")
    nights = {name: list(usual) for name in TABLES}

    def move(name: str, export: int, by: int) -> None:
        nights[name][export] = min(night_count, nights[name][export] + by)

    for name in TABLES:
        for export in range(export_count):
            if random.random() < 0.12:
                move(name, export, random.randint(1, 2))
                sequence.oddities.append(f"{name}'s export {export} is late: out of order")
    if random.random() < 0.6:
        name, by = random.choice(list(TABLES)), random.randint(1, 3)
        for export in range(export_count):
            move(name, export, by)
        sequence.oddities.append(f"{name} is {by} nights late")
    if random.random() < 0.5:
        start = random.randrange(export_count)
        for name in TABLES:
            for export in range(start, min(export_count, start + 2)):
                move(name, export, night_count)
        sequence.oddities.append(f"exports {start} and {start + 1} are filled in at the end")
    return {**nights, "": usual}


def _cut(random: Random, *, is_last: bool) -> Cut | None:
    if random.random() >= 0.35:
        return None
    breaks_off = random.choice((3, 9, "load", "build", "check", "publish"))
    return Cut(breaks_off, is_tried_again=is_last or random.random() < 0.5)


def _plan(
    random: Random,
    table: TableDeclaration,
    exports: list[date],
    nights: list[int],
    *,
    is_named_by_night: bool,
) -> list[tuple[int, str, int, int, str]]:
    """Return (export, its day, part, night, file name) of every file that is planned."""
    rows = []
    for export, (day, night) in enumerate(zip(exports, nights, strict=True)):
        name = f"{table.name}_{night}" if is_named_by_night else table.name
        stem = f"{name}_{day}" if export else f"{name}_history"
        for part in range(random.choice((1, 1, 1, 2)) if export else 1):
            rows.append((export, str(day), part, night, f"{stem}_{part}.{random.choice(ENDINGS)}"))
    return rows


def _place(
    connection: duckdb.DuckDBPyConnection,
    table: TableDeclaration,
    plan: list[tuple[int, str, int, int, str]],
    salt: str,
) -> None:
    """Let every version arrive in a file of a night; versions that tie arrive in their order."""
    planned = ", ".join(map(str, plan))
    connection.execute(
        f"""
        create or replace temp table arrivals_{table.name} as
        with plan(export, export_day, part, night, file) as (values {planned}),
        exports as (
            select export, min(export_day)::date as day, count(*) as parts from plan group by all
        ),
        kept as (
            select
                *,
                if(
                    chance('late{salt}', row_key, version) < 0.12,
                    1 + floor(chance('days{salt}', row_key, version) * {LONGEST_DELAY_DAYS}),
                    0
                )::integer as late_days
            from versions_{table.name}
            where is_final or chance('never seen{salt}', row_key, version) >= 0.15
        ),
        dated as (
            select
                *,
                coalesce(
                    (select min(export) from exports where day >= changed_date + late_days),
                    (select max(export) from exports)
                ) as export
            from kept
        ),
        placed as (
            select dated.*, plan.night, plan.file
            from dated
            inner join exports using (export)
            inner join plan
                on plan.export = dated.export
                and plan.part = floor(chance('part{salt}', row_key, version) * parts)
        ),
        slots as (
            select
                tie, night, file,
                row_number() over (partition by tie order by night, file) as place,
            from placed
        ),
        ordered as (
            select
                * exclude (night, file),
                row_number() over (partition by tie order by version) as place,
                version = max(version) over (partition by tie) as is_last,
            from placed
        )
        select ordered.* exclude (place), slots.night, slots.file
        from ordered
        inner join slots using (tie, place)
        """
    )


def _say_what_is_late(connection: duckdb.DuckDBPyConnection, sequence: Sequence) -> None:
    union = " union all ".join(f"select late_days from arrivals_{name}" for name in TABLES)
    rows = connection.execute(
        f"select count(*), max(late_days) from ({union}) where late_days > 0"
    ).fetchall()
    sequence.oddities.append(f"{rows[0][0]} rows up to {rows[0][1]} days late")


def _planned_files(connection: duckdb.DuckDBPyConnection, night: int) -> Iterator[LandedFile]:
    for table in TABLES.values():
        names = connection.execute(
            f"select distinct file from arrivals_{table.name} where night = {night} order by file"
        ).fetchall()
        for (name,) in names:
            yield _file(name, table, f"file = '{name}'")


def _repeats(random: Random, night: int, sequence: Sequence) -> Iterator[LandedFile]:
    """Draw what is landed again, or lands as a whole: none of it may change how it ends.

    Rows that tie are repeated in their last version only: an older one that lands again, in other
    bytes, is a correction back.
    """
    for table in random.sample(list(TABLES.values()), 2):
        ending = random.choice(ENDINGS)
        place = random.choice(("0_again", "again"))
        since = END - timedelta(days=random.randint(1, DAYS))
        until = since + timedelta(days=random.randint(5, 60))
        yield _file(
            f"{table.name}_{place}_{night}.{ending}",
            table,
            f"night <= {night} and is_last and changed_date between '{since}' and '{until}'",
        )
        sequence.oddities.append(f"night {night}: {table.name} again, {since} to {until}")
    if random.random() < 0.5:
        table = random.choice(list(TABLES.values()))
        newest = f"{table.cursor} desc nulls last, " if table.cursor else ""
        yield _file(
            f"{table.name}.csv",
            table,
            f"night <= {night} qualify row_number() over "
            f"(partition by row_key order by {newest}version desc) = 1",
        )
        sequence.oddities.append(f"night {night}: all of {table.name} as it is known")


def _file(name: str, table: TableDeclaration, condition: str) -> LandedFile:
    query = (
        f"select * from arrivals_{table.name} where {condition} "
        f"order by chance('{name}', tie, 0), version"
    )
    return LandedFile(name, table.name, query)


def _as_of(random: Random, last_day: date, sequence: Sequence) -> date | None:
    """The night's own day, the default, or a day long gone."""
    chosen = random.choice((last_day, last_day, None, SETTLED_AFTER + timedelta(days=9)))
    if chosen is not None and chosen != last_day:
        sequence.oddities.append(f"a night as of {chosen}")
    return chosen
