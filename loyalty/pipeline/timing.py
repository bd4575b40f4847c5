"""Where a night went: seconds of its steps and of their parts, beside those of nights before."""

from collections.abc import Iterator

import duckdb

NIGHTS_BEFORE = 10
# What takes less of the night is summed up: a page, not a hundred lines.
SHOWN_SHARE = 0.01
OTHERS, BETWEEN = "others", "between these"

PROFILE = f"""
    with

    earlier_nights as (
        select night_id from quality.nights
        where
            status = 'published'
            and night_id <> $night_id
            and started_at < (select started_at from quality.nights where night_id = $night_id)
        order by started_at desc
        limit {NIGHTS_BEFORE}
    ),

    named as (
        select
            night_id,
            coalesce(part_of, step) as step,
            if(part_of is null, null, step) as part,
            sum(seconds) as seconds,
            min(started_at) as started_at,
        from quality.night_steps
        group by all
    ),

    by_night as (
        from named
        union all by name
        select
            night_id,
            step,
            '{BETWEEN}' as part,
            sum(if(part is null, seconds, -seconds)) as seconds,
            min(started_at) as started_at,
        from named
        group by night_id, step
        having count(part) > 0
    ),

    before as (
        select step, part, median(seconds) as usual_seconds from by_night
        where night_id in (from earlier_nights)
        group by all
    ),

    this_night as (
        select *, sum(seconds) filter (where part is null) over () as night_seconds
        from by_night
        where night_id = $night_id
    ),

    shown as (
        select
            this_night.step,
            case
                when this_night.part is null then null
                when
                    this_night.part <> '{BETWEEN}'
                    and this_night.seconds < {SHOWN_SHARE} * night_seconds
                    then '{OTHERS}'
                else this_night.part
            end as part,
            this_night.seconds,
            this_night.night_seconds,
            this_night.started_at,
            before.usual_seconds,
        from this_night
        left join before
            on this_night.step = before.step and this_night.part is not distinct from before.part
    )

    select
        step,
        part,
        sum(seconds) as seconds,
        sum(seconds) / any_value(night_seconds) as share,
        sum(usual_seconds) as usual_seconds,
    from shown
    group by step, part
    order by
        min(min(started_at)) over (partition by step),
        step,
        part is not null,
        part in ('{OTHERS}', '{BETWEEN}'),
        part = '{BETWEEN}',
        seconds desc
"""

KEEP_NODES = """
    insert into quality.night_steps
    select
        night_id,
        if(resource_type = 'test', 'tests', resource_type || ' ' || split_part(unique_id, '.', 3)),
        $started_at,
        sum(seconds),
        'build',
    from quality.dbt_results
    where night_id = $night_id
    group by all
"""


def keep_nodes(connection: duckdb.DuckDBPyConnection, night_id: str, started_at: object) -> None:
    """Keep the seconds of each model and seed, and of all tests, as parts of the build."""
    connection.execute(KEEP_NODES, {"night_id": night_id, "started_at": started_at})


def lines(connection: duckdb.DuckDBPyConnection, night_id: str) -> Iterator[str]:
    """Yield where the night went, line by line.

    Seconds, share of the night, and the median seconds of the same in the last ten nights that
    published. Parts below 1 % of the night are summed.
    """
    yield f"  {'where the night went':<58}{'seconds':>10}{'share':>9}{'usually':>10}"
    for step, part, seconds, share, usual in connection.execute(
        PROFILE, {"night_id": night_id}
    ).fetchall():
        name = f"    {part}" if part else step
        before = "" if usual is None else f"{usual:.2f}"
        yield f"  {name:<58}{seconds:>10.2f}{share:>9.1%}{before:>10}"
