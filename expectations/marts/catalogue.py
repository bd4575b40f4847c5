"""Completeness: every indicator of the catalogue has its totals, up to the night's date."""

from typing import TYPE_CHECKING, Any

from loyalty.gates.custom import ExpectQueryValueToBeBetween, about

if TYPE_CHECKING:
    from loyalty.gates.marts import Marts

EXPECTED_TOTALS = """
with expected as (
    select
        catalogue.indicator_id,
        grains.period_grain,
        cast(date_trunc(grains.period_grain, date '{as_of_date}') as date) as period_start_date
    from indicators.dim_indicators as catalogue
    cross join unnest(['week', 'month', 'quarter', 'year']) as grains (period_grain)
),

missing as (
    select * from expected
    anti join indicators.fct_indicator_values as totals
        on
            expected.indicator_id = totals.indicator_id
            and expected.period_grain = totals.period_grain
            and expected.period_start_date = totals.period_start_date
            and totals.segment_dimension = 'all'
)

select
    count(*) as missing_count,
    count(*) || coalesce(
        ' (' || array_to_string(
            list_sort(list(distinct indicator_id || ' by ' || period_grain))[:5], ', '
        ) || ')',
        ''
    ) as shown
from missing
"""


def expectations(marts: "Marts") -> list[Any]:
    """Return what must hold of the catalogue and its totals."""
    return [
        ExpectQueryValueToBeBetween(
            query="select count(*) as indicator_count from indicators.dim_indicators",
            min_value=1,
            severity="critical",
            description="the catalogue has indicators; rows",
            meta=about("not_empty"),
        ),
        ExpectQueryValueToBeBetween(
            query=EXPECTED_TOTALS.replace("{as_of_date}", str(marts.as_of_date)),
            max_value=0,
            severity="critical",
            description=(
                "every indicator has its total for the week, month, quarter and year that hold "
                f"{marts.as_of_date}; missing"
            ),
            meta=about("newest_totals"),
        ),
    ]
