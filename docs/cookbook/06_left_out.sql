-- What was left out of NPS, and why?
select
    exclusions.period_start_date,
    exclusions.exclusion_reason,
    exclusions.unit_count,
    period.denominator as used
from indicators.fct_indicator_exclusions as exclusions
inner join indicators.fct_indicator_values as period
    on
        exclusions.indicator_id = period.indicator_id
        and exclusions.period_grain = period.period_grain
        and exclusions.period_start_date = period.period_start_date
        and period.segment_dimension = 'all'
where exclusions.indicator_id = 'nps' and exclusions.period_grain = 'quarter'
order by exclusions.period_start_date desc, exclusions.unit_count desc;
