"""What a batch looks like, in a few numbers: measured once, kept, compared with later batches.

A profile is measured in the database, in one scan of the batch; what describes columns is taken
from a sample where the batch is large. It is kept in quality.batch_profiles, in the private build
database; of keys and personal columns it holds counts only, no values.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import duckdb

from loyalty.landing.quoting import literal, quoted

if TYPE_CHECKING:
    from loyalty.declarations import ColumnDeclaration, TableDeclaration
    from loyalty.landing import LandedBatch

SAMPLE_ROWS = 20_000
# How many earlier batches a batch is compared with.
HISTORY = 30
QUANTILES = (0.25, 0.5, 0.75, 0.98, 0.99)
TOP = 12
NUMBERS = ("bigint", "double", "decimal(18, 2)")


@dataclass(frozen=True)
class ColumnProfile:
    """A column of a batch; counts are of sampled rows, and what does not apply is empty.

    `quantiles` are those of `QUANTILES`, of finite numbers other than 0, which `nonzero` counts.
    `top` has the most frequent values of numbers and codes, `top_count` counts the most frequent
    value of a reference, whatever it is. `shapes` are the kinds of characters in keys. `hours`
    count local hours of the day. `orphans` are values that the referenced table lacks, None where
    that has no rows; `is_parent_fresh` says that it was loaded since this table's last batch, so
    that new keys can be known there. `ends` are, by scale: answers, those at its lower end, those
    at its upper end.
    """

    filled: int
    nonzero: int = 0
    negative: int = 0
    true: int = 0
    quantiles: list[float] = field(default_factory=list)
    top: dict[str, int] = field(default_factory=dict)
    top_count: int = 0
    shapes: dict[str, int] = field(default_factory=dict)
    leading_zero: int = 0
    hours: list[int] = field(default_factory=list)
    orphans: int | None = None
    is_parent_fresh: bool = False
    ends: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Profile:
    """A batch; `sampled` rows of its `rows` describe the columns.

    `newest_event` is empty without events, `content` is a sum of the rows' hashes, `repeated_keys`
    counts rows whose key stood before, `twins` rows that stood before under another key (None
    where nothing dates the rows: there two rows may well be alike).
    """

    rows: int
    sampled: int
    newest_event: str
    content: str
    repeated_keys: int
    twins: int | None
    columns: dict[str, ColumnProfile]


@dataclass(frozen=True)
class History:
    """Profiles of the batches accepted before, oldest first.

    `family` are files whose names differ from this one's in digits only; `others` are all other
    files of the table.
    """

    family: tuple[Profile, ...] = ()
    others: tuple[Profile, ...] = ()


def measure(database: duckdb.DuckDBPyConnection, batch: "LandedBatch", time_zone: str) -> Profile:
    """Measure a batch; `time_zone` is the one in which hours of the day are told."""
    totals = _row(database, _totals_query(batch))
    sample = _sample(database, batch)
    return Profile(
        **dict(zip(_TOTALS, totals, strict=True)),
        sampled=int(_row(database, f"select count(*) from {sample}")[0]),
        columns=_columns(database, batch.declaration, sample, time_zone),
    )


def keep(database: duckdb.DuckDBPyConnection, batch: "LandedBatch", profile: Profile) -> None:
    """Keep the batch's profile; it is compared with once the batch is accepted."""
    text = json.dumps(asdict(profile), separators=(",", ":"))
    database.execute(
        "insert or replace into quality.batch_profiles values (?, ?)", [batch.batch_id, text]
    )


def history(database: duckdb.DuckDBPyConnection, batch: "LandedBatch") -> History:
    """Return the profiles that a batch is compared with."""
    rows = database.execute(
        """
        select
            regexp_replace(batches.file_name, '[0-9]+', '#', 'g')
            = regexp_replace($file, '[0-9]+', '#', 'g') as is_family,
            profiles.profile
        from quality.batches as batches
        inner join quality.batch_profiles as profiles on batches.batch_id = profiles.batch_id
        where
            batches.source_id = $source
            and batches.table_name = $table
            and batches.status = 'accepted'
            and batches.batch_id < $batch
        qualify row_number() over (partition by is_family order by batches.batch_id desc) <= $most
        order by batches.batch_id
        """,
        {
            "source": batch.source_id,
            "table": batch.table_name,
            "file": batch.file_name,
            "batch": batch.batch_id,
            "most": HISTORY,
        },
    ).fetchall()
    known = [(is_family, _profile(text)) for is_family, text in rows]
    return History(
        family=tuple(profile for is_family, profile in known if is_family),
        others=tuple(profile for is_family, profile in known if not is_family),
    )


def references(table: "TableDeclaration") -> dict[str, str]:
    """Return the columns that hold keys of another table of the source, with that table."""
    found: dict[str, str] = table.gate.get("references", {})
    return found


def _profile(text: str) -> Profile:
    content = json.loads(text)
    columns = {name: ColumnProfile(**column) for name, column in content.pop("columns").items()}
    return Profile(**content, columns=columns)


_TOTALS = ("rows", "newest_event", "content", "repeated_keys", "twins")


def _totals_query(batch: "LandedBatch") -> str:
    table = batch.declaration
    columns = ", ".join(map(quoted, table.column_names))
    key = ", ".join(map(quoted, table.primary_key))
    rest = ", ".join(quoted(name) for name in table.column_names if name not in table.primary_key)
    newest, distinct = "''", "null"
    if table.event_timestamp:
        event = f"max({quoted(table.event_timestamp)})"
        newest = f"coalesce(strftime({event}, '%Y-%m-%d %H:%M:%S'), 'none')"
        # Only a share matters, so that a large batch need not be held in memory to be exact.
        is_large = batch.accepted_count > SAMPLE_ROWS
        distinct = f"{'approx_count_distinct(' if is_large else 'count(distinct '}hash({rest}))"
    return f"""
        with counted as (
            select
                count(*) as row_count,
                {newest} as newest_event,
                -- does not depend on the rows' order, and unlike xor sees repeated rows
                cast(coalesce(sum(hash({columns})), 0) as varchar) as content,
                count(distinct row({key})) as key_count,
                {distinct} as distinct_count
            from {batch.relation}
        )
        select
            row_count, newest_event, content, row_count - key_count,
            if(distinct_count is null, null, greatest(0, key_count - distinct_count))
        from counted
    """


def _sample(database: duckdb.DuckDBPyConnection, batch: "LandedBatch") -> str:
    """Return what to describe the columns by: the batch, or the same sample of it every time."""
    every = batch.accepted_count // SAMPLE_ROWS
    if every < 2:
        return batch.relation
    database.execute(
        "create or replace temp table profile_sample as "
        f"from {batch.relation} where hash(rowid) % {every} = 0"
    )
    return "profile_sample"


def _columns(
    database: duckdb.DuckDBPyConnection, table: "TableDeclaration", sample: str, time_zone: str
) -> dict[str, ColumnProfile]:
    wanted = [
        (column.name, measure, expression)
        for column in table.columns
        for measure, expression in _expressions(table, column, time_zone)
    ]
    values = _row(database, f"select {', '.join(each[-1] for each in wanted)} from {sample}")
    found: dict[str, dict[str, Any]] = {column.name: {} for column in table.columns}
    for (column, measure, _), value in zip(wanted, values, strict=True):
        if value is not None:
            found[column][measure] = value
    for column, parent in references(table).items():
        found[column]["orphans"] = _orphans(database, table, sample, column, parent)
        found[column]["is_parent_fresh"] = _is_fresh(database, table, parent)
    if "scale_ends" in table.gate:
        scale = table.gate["scale_ends"]
        found[scale["score"]]["ends"] = _ends(database, sample, scale)
    return {name: ColumnProfile(**measures) for name, measures in found.items()}


def _expressions(
    table: "TableDeclaration", column: "ColumnDeclaration", time_zone: str
) -> Iterator[tuple[str, str]]:
    name = quoted(column.name)
    is_reference = column.name in references(table)
    yield "filled", f"count({name})"
    if column.data_type in NUMBERS:
        number = f"cast({name} as double)"
        is_number = f"isfinite({number}) and {name} <> 0"
        yield "nonzero", f"count(*) filter (where {is_number})"
        yield "negative", f"count(*) filter (where {is_number} and {name} < 0)"
        shares = ", ".join(map(str, QUANTILES))
        yield "quantiles", f"quantile_cont({number}, [{shares}]) filter (where {is_number})"
    if column.data_type == "boolean":
        yield "true", f"count(*) filter (where {name})"
    if column.data_type == "timestamp" and column.name == table.event_timestamp:
        hour = f"hour(timezone({literal(time_zone)}, timezone('UTC', {name})))"
        counts = ", ".join(f"count(*) filter (where {hour} = {each})" for each in range(24))
        yield "hours", f"[{counts}]"
    if column.data_type == "varchar" and (is_reference or column.name in table.primary_key):
        yield "shapes", _top(_shape(name), name)
        yield "leading_zero", f"count(*) filter (where starts_with({name}, '0'))"
    elif column.name not in table.primary_key and _holds_codes(column):
        yield "top", _top(f"cast({name} as varchar)", name)
    if is_reference:
        yield "top_count", f"list_max(map_values(histogram({name})))"


def _holds_codes(column: "ColumnDeclaration") -> bool:
    is_text = column.data_type == "varchar" and not column.name.endswith("_id")
    return column.sensitive is None and (is_text or column.data_type in NUMBERS)


def _shape(name: str) -> str:
    """Return the SQL of what kinds of characters a key is made of, and of nothing else in it."""
    kinds = " || ".join(
        f"if(regexp_matches({name}, '{pattern}'), '{mark}', '')"
        for pattern, mark in (("[0-9]", "9"), ("[a-z]", "a"), ("[A-Z]", "A"))
    )
    return f"{kinds} || left(regexp_replace({name}, '[0-9A-Za-z]+', '', 'g'), 4)"


def _top(expression: str, name: str) -> str:
    entries = f"map_entries(histogram({expression}) filter (where {name} is not null))"
    counted = f"list_transform({entries}, lambda e: {{'count': e.value, 'key': e.key}})"
    most = f"list_slice(list_reverse_sort({counted}), 1, {TOP})"
    return f"map_from_entries(list_transform({most}, lambda e: {{'k': e.key, 'v': e.count}}))"


def _orphans(
    database: duckdb.DuckDBPyConnection,
    table: "TableDeclaration",
    sample: str,
    column: str,
    parent: str,
) -> int | None:
    """Count the rows whose parent raw lacks; a parent's key has the name of the column."""
    name, relation = quoted(column), quoted(table.schema, parent)
    row = _row(
        database,
        f"""
        select case when exists (select 1 from {relation}) then count(*) end
        from {sample} as children
        where
            {name} is not null
            and not exists (
                select 1 from {relation} as parents where parents.{name} = children.{name}
            )
        """,
    )
    return None if row[0] is None else int(row[0])


def _is_fresh(database: duckdb.DuckDBPyConnection, table: "TableDeclaration", parent: str) -> bool:
    row = _row(
        database,
        """
        select
            coalesce(max(batch_id) filter (where table_name = $parent), 0)
            > coalesce(max(batch_id) filter (where table_name = $child), 0)
        from quality.batches
        where source_id = $source and status = 'accepted'
        """,
        {"source": table.source, "parent": parent, "child": table.name},
    )
    return bool(row[0])


def _ends(
    database: duckdb.DuckDBPyConnection, sample: str, scale: dict[str, str | int]
) -> dict[str, list[int]]:
    """Count by scale what is answered and what of it lies at the scale's ends."""
    score = quoted(str(scale["score"]))
    group = f"{quoted(str(scale['by']))} || ', '" if "by" in scale else "''"
    low, high = (
        quoted(end) if isinstance(end, str) else str(end)
        for end in (scale["lowest"], scale["highest"])
    )
    rows = database.execute(
        f"""
        select
            {group} || try_cast({low} as bigint) || ' to ' || try_cast({high} as bigint) as scale,
            count(*),
            count(*) filter (where {score} = {low}),
            count(*) filter (where {score} = {high})
        from {sample}
        where {score} between {low} and {high}
        group by scale
        order by count(*) desc, scale
        limit {TOP}
        """
    ).fetchall()
    return {scale: counts for scale, *counts in rows if scale is not None}


def _row(
    database: duckdb.DuckDBPyConnection, query: str, parameters: dict[str, str] | None = None
) -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = database.execute(query, parameters or {}).fetchone()
    assert row is not None
    return row
