-- grain: one row per period grain; the newest complete period, or the running one where none is
select
    period_grain,
    max_by(period_start_date, (not is_partial, period_start_date)) as period_start_date
from indicators.fct_indicator_values
where segment_dimension = 'all' and period_grain in ('week', 'month', 'quarter')
group by period_grain
