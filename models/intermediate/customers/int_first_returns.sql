-- grain: one row per month of first purchase occasions and days to the second; null without one
{{ config(meta={'sums': ['row_count']}) }}

select
    cast({{ dbt.date_trunc('month', 'ordered_date') }} as date) as cohort_month_date,
    {{ days_between('ordered_date', 'next_ordered_date') }} as days_to_second,
    count(*) as row_count
from {{ ref('int_occasions') }}
where occasion_number = 1
group by cohort_month_date, days_to_second
