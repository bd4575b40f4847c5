-- How has NPS developed, and which changes are real?
select
    period_start_date,
    indicator_value as nps,
    ci_lower,
    ci_upper,
    denominator as answers,
    change,
    is_significant_change
from indicators.fct_indicator_values
where
    indicator_id = 'nps'
    and period_grain = 'month'
    and segment_dimension = 'all'
    and not is_partial
order by period_start_date desc
limit 13;
