-- grain: one row per indicator, grain and reason, in the grain's headline period
select indicator_id, period_grain, exclusion_reason, unit_count
from indicators.fct_indicator_exclusions
inner join headline_periods using (period_grain, period_start_date)
where unit_count > 0
order by indicator_id, period_grain, unit_count desc, exclusion_reason
