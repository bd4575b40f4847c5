-- How do churn and repurchase move, beside each other and each with its base?
select
    churn.period_start_date,
    churn.indicator_value as churn_rate,
    churn.denominator as active_before,
    repurchase.indicator_value as repurchase_rate,
    repurchase.denominator as new_a_year_ago
from indicators.fct_indicator_values as churn
inner join indicators.fct_indicator_values as repurchase
    on
        churn.period_grain = repurchase.period_grain
        and churn.period_start_date = repurchase.period_start_date
        and churn.segment_dimension = repurchase.segment_dimension
        and churn.segment_value = repurchase.segment_value
where
    churn.indicator_id = 'churn_rate'
    and repurchase.indicator_id = 'repurchase_rate'
    and churn.period_grain = 'quarter'
    and churn.segment_dimension = 'all'
    and not churn.is_partial
order by churn.period_start_date desc;
