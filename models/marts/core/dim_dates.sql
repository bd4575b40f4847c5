-- grain: one row per calendar day of every year from the first activity to the night's date
{{ config(meta={'built': 'as_a_whole'}) }}

with

bounds as (
    select * from {{ ref('int_activity_bounds') }}
),

days as (
    {{ day_series("(select first_day from bounds)", "(select last_day from bounds)") }}
)

select
    date_day,
    cast({{ dbt.date_trunc('week', 'date_day') }} as date) as week_start_date,
    cast({{ dbt.date_trunc('month', 'date_day') }} as date) as month_start_date,
    cast({{ dbt.date_trunc('quarter', 'date_day') }} as date) as quarter_start_date,
    cast({{ dbt.date_trunc('year', 'date_day') }} as date) as year_start_date,
    {{ iso_weekday('date_day') }} as iso_weekday_number,
    cast(extract(week from date_day) as integer) as iso_week_number,
    {{ iso_weekday('date_day') }} >= 6 as is_weekend,
    date_day > as_of_date as is_future
from days
cross join bounds
