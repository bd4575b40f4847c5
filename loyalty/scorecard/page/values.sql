-- grain: one row per indicator, period grain and period that a trend shows, totals only
with

numbered as (
    select
        *,
        -- A run is a stretch of complete periods with one verdict.
        sum(is_new_verdict::int) over (
            partition by indicator_id, period_grain order by period_start_date
        ) as run_number,
        row_number() over (
            partition by indicator_id, period_grain order by period_start_date desc
        ) as recency
    from (
        select
            *,
            status is distinct from lag(status) over (
                partition by indicator_id, period_grain order by period_start_date
            ) as is_new_verdict
        from indicators.fct_indicator_values
        where segment_dimension = 'all' and period_grain in ('week', 'month', 'quarter')
    ) as verdicts
),

runs as (
    select
        *,
        min(period_start_date) over run as run_start_date,
        count(*) over (run order by period_start_date) as run_length,
        count(*) filter (where indicator_value is not null) over (
            partition by indicator_id, period_grain order by period_start_date
        ) as measured_count,
        coalesce(lag(is_reportable) over (
            partition by indicator_id, period_grain order by period_start_date
        ), false) as was_reportable
    from numbered
    window run as (partition by indicator_id, period_grain, run_number)
)

select
    indicator_id,
    period_grain,
    period_start_date,
    numerator,
    denominator,
    indicator_value,
    ci_lower,
    ci_upper,
    target_value,
    status,
    is_partial,
    is_reportable,
    previous_value,
    change,
    change_z_score,
    is_significant_change,
    run_start_date,
    run_length,
    measured_count,
    was_reportable
from runs
order by indicator_id, period_grain, period_start_date
