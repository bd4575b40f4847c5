-- How does customer satisfaction differ by country?
select
    segment_value as country_code,
    indicator_value as csat,
    ci_lower,
    ci_upper,
    denominator as answers,
    status
from indicators.fct_indicator_values
where
    indicator_id = 'csat'
    and period_grain = 'quarter'
    and segment_dimension = 'country_code'
    and period_start_date = (
        select max(newest.period_start_date)
        from indicators.fct_indicator_values as newest
        where newest.period_grain = 'quarter' and not newest.is_partial
    )
order by csat desc;
