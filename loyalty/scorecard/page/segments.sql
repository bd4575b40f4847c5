-- grain: one row per indicator, grain, dimension and value, in the grain's headline period
-- a mean of a single unit has no interval and is left out
select
    indicator_id,
    period_grain,
    segment_dimension,
    segment_value,
    denominator,
    indicator_value,
    ci_lower,
    ci_upper,
    status,
    is_reportable
from indicators.fct_indicator_values
inner join headline_periods using (period_grain, period_start_date)
where segment_dimension != 'all' and ci_lower is not null
order by indicator_id, period_grain, segment_dimension, denominator desc, segment_value
