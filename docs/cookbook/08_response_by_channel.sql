-- Who answers our surveys, by channel?
select
    segment_value as survey_channel,
    indicator_value as response_rate,
    ci_lower,
    ci_upper,
    denominator as invitations
from indicators.fct_indicator_values
where
    indicator_id = 'survey_response_rate'
    and period_grain = 'quarter'
    and segment_dimension = 'survey_channel'
    and denominator > 0
    and period_start_date = (
        select max(newest.period_start_date)
        from indicators.fct_indicator_values as newest
        where newest.period_grain = 'quarter' and not newest.is_partial
    )
order by response_rate desc;
