"""Reconciliation with raw: what came in is what goes out, source by source."""

from typing import TYPE_CHECKING, Any

from loyalty.gates.custom import ExpectQueryValueToBeBetween, about, identifier, literal

if TYPE_CHECKING:
    from loyalty.gates.marts import Feed, Marts

# These facts hold one row for each raw row whose event lies on or before the night's date.
EXACT = {
    "fct_orders": "orders",
    "fct_survey_invitations": "survey_invitations",
    "fct_survey_answers": "survey_answers",
    "fct_support_cases": "support_cases",
    "fct_memberships": "memberships",
    "fct_program_events": "program_events",
    "fct_shares": "shares",
}
# These leave out more than that, but never add a row.
AT_MOST = {"fct_deliveries": "deliveries"}


def expectations(marts: "Marts", table: str) -> list[Any]:
    """Return the comparison of one fact in `core` with the raw tables that feed it."""
    entity = EXACT.get(table) or AT_MOST.get(table)
    feeds = [feed for feed in marts.feeds if feed.entity == entity]
    if not feeds or ("core", table, "source_id") not in marts.columns:
        return []
    is_exact = table in EXACT
    says = "exactly the" if is_exact else "no more than the"
    return [
        ExpectQueryValueToBeBetween(
            query=_query(marts, feeds, table, is_exact),
            max_value=0,
            severity="critical",
            description=(
                f"of each source it holds {says} rows that raw has up to {marts.as_of_date}; "
                "rows here against raw"
            ),
            meta=about("reconciles_with_raw"),
        )
    ]


def _query(marts: "Marts", feeds: list["Feed"], table: str, is_exact: bool) -> str:
    raw = " union all ".join(_raw_count(marts, feed, is_exact) for feed in feeds)
    difference = "<>" if is_exact else ">"
    return f"""
    with raw as ({raw}),
    raw_counts as (select source_id, sum(row_count) as row_count from raw group by source_id),
    mart_counts as (
        select source_id, count(*) as row_count from core.{table} group by source_id
    ),
    compared as (
        select
            coalesce(raw_counts.source_id, mart_counts.source_id) as source_id,
            coalesce(raw_counts.row_count, 0) as raw_count,
            coalesce(mart_counts.row_count, 0) as mart_count
        from raw_counts
        full join mart_counts on raw_counts.source_id = mart_counts.source_id
    )
    select
        count(*) filter (where mart_count {difference} raw_count) as wrong_count,
        string_agg(
            format('{{}} {{:,d}} of {{:,d}}', source_id, mart_count, raw_count::bigint), ', '
            order by source_id
        ) as shown
    from compared
    where raw_count > 0 or mart_count > 0
    """


def _raw_count(marts: "Marts", feed: "Feed", is_exact: bool) -> str:
    counted = f"select {literal(feed.source_id)} as source_id, count(*) as row_count"
    if not is_exact or feed.event_timestamp is None:
        return f"{counted} from {feed.relation}"
    moment, day = identifier(feed.event_timestamp), f"date '{marts.as_of_date}'"
    local = f"timezone({literal(marts.time_zone)}, timezone('UTC', {moment}))"
    # No zone is a day from UTC: only about the night's date is the zone asked, which costs most.
    return f"""{counted} from {feed.relation} where case
        when {moment} < {day} - interval 1 day then true
        when {moment} >= {day} + interval 3 days then false
        else cast({local} as date) <= {day}
    end"""
