"""Drift since the last publication: what changed that should not, or not so much.

Compared only with a publication of the same or an earlier date. What shrinks or goes is critical,
because readers would lose it unseen; a night with --full-refresh says that it is meant, and only
tells.
"""

from typing import TYPE_CHECKING, Any

from loyalty.gates.custom import ExpectQueryValueToBeBetween, about, literal

if TYPE_CHECKING:
    from loyalty.gates.marts import Marts

# Must agree with loyalty.gates.marts.PUBLISHED, under which the last generation is attached.
PUBLISHED = "published_before"
LEAST_KEPT_SHARE = 0.8
# Below this a table is too small for a share of its rows to mean anything.
LEAST_ROWS = 100
LARGEST_MOVE = {"share": 0.2, "points": 20}
MEANT = "if that is meant, run one night with --full-refresh"

CLOSED_TOTALS = f"""
    from {PUBLISHED}.indicators.fct_indicator_values as before
    where before.segment_dimension = 'all' and not before.is_partial
"""


def row_count(marts: "Marts", schema: str, table: str) -> list[Any]:
    """Expect a mart to keep at least 80 % of the rows that were published."""
    if (schema, table) not in marts.published_tables:
        return []
    query = f"""
    with counts as (
        select
            (select count(*) from {schema}.{table}) as row_count,
            (select count(*) from {PUBLISHED}.{schema}.{table}) as row_count_before
    )
    select
        case
            when row_count_before >= {LEAST_ROWS} then row_count / row_count_before
        end as kept_share,
        format('{{:,d}}, before {{:,d}}', row_count, row_count_before) as shown
    from counts
    """
    return [
        ExpectQueryValueToBeBetween(
            query=query,
            min_value=LEAST_KEPT_SHARE,
            severity=_severity(marts),
            description=f"it keeps at least 80 % of the rows published before ({MEANT}); rows",
            meta=about("row_count_kept"),
        )
    ]


def lost_marts(marts: "Marts") -> list[Any]:
    """Expect every mart that was published to be there still."""
    if not marts.published_tables:
        return []
    lost = sorted(".".join(table) for table in marts.published_tables - marts.tables)
    shown = literal(", ".join(lost) or "none")
    return [
        ExpectQueryValueToBeBetween(
            query=f"select {len(lost)} as lost_count, {shown} as shown",
            max_value=0,
            severity=_severity(marts),
            description=f"every mart published before is there still ({MEANT}); missing",
            meta=about("no_mart_lost"),
        )
    ]


def indicator_values(marts: "Marts") -> list[Any]:
    """Expect closed periods to keep their totals, and these not to move much."""
    needed = {("indicators", "fct_indicator_values"), ("indicators", "dim_indicators")}
    if not needed <= marts.published_tables:
        return []
    return [_lost_periods(marts), _moved_values()]


def _lost_periods(marts: "Marts") -> Any:
    query = f"""
    select count(*) as lost_count
    {CLOSED_TOTALS}
        and before.indicator_id in (
            select catalogue.indicator_id from indicators.dim_indicators as catalogue
        )
        and not exists (
            select 1 from indicators.fct_indicator_values as totals
            where
                totals.indicator_id = before.indicator_id
                and totals.period_grain = before.period_grain
                and totals.period_start_date = before.period_start_date
                and totals.segment_dimension = 'all'
        )
    """
    return ExpectQueryValueToBeBetween(
        query=query,
        max_value=0,
        severity=_severity(marts),
        description=f"no closed period published before lost its total ({MEANT}); lost",
        meta=about("no_period_lost"),
    )


def _moved_values() -> Any:
    limits = " ".join(f"when '{unit}' then {most}" for unit, most in LARGEST_MOVE.items())
    query = f"""
    with moves as (
        select
            before.indicator_id || ' ' || before.period_grain || ' '
            || before.period_start_date || ' from ' || round(before.indicator_value, 3)
            || ' to ' || round(totals.indicator_value, 3) as shown,
            abs(totals.indicator_value - before.indicator_value) as moved,
            case catalogue.unit {limits} end as most
        from {PUBLISHED}.indicators.fct_indicator_values as before
        inner join indicators.fct_indicator_values as totals
            on
                before.indicator_id = totals.indicator_id
                and before.period_grain = totals.period_grain
                and before.period_start_date = totals.period_start_date
                and before.segment_dimension = totals.segment_dimension
                and before.segment_value = totals.segment_value
                and before.definition_version = totals.definition_version
        inner join indicators.dim_indicators as catalogue
            on totals.indicator_id = catalogue.indicator_id
        where
            before.segment_dimension = 'all'
            and not before.is_partial
            and before.is_reportable
            and totals.is_reportable
    )
    select
        count(*) as moved_count,
        count(*) || coalesce(
            ' (' || array_to_string(list(shown order by moved desc, shown)[:3], ', ') || ')', ''
        ) as shown
    from moves
    where moved > most
    """
    return ExpectQueryValueToBeBetween(
        query=query,
        max_value=0,
        severity="warning",
        description=(
            "no closed total published before moved by more than 0.2 (shares) or 20 points; moved"
        ),
        meta=about("closed_values_stand", "indicator_value"),
    )


def _severity(marts: "Marts") -> str:
    return "warning" if marts.is_full_refresh else "critical"
