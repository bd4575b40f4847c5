-- grain: one row per period from the one of the first activity to the one of the night's date
with

bounds as (
    select * from {{ ref('int_activity_bounds') }}
),

days as (
    select dates.*
    from {{ ref('dim_dates') }} as dates
    cross join bounds
    where dates.date_day between bounds.first_date and bounds.as_of_date
),

periods as (
    {%- for grain in period_grains() %}
    select distinct
        '{{ grain }}' as period_grain,
        {{ grain }}_start_date as period_start_date
    from days
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

bounded_periods as (
    select
        period_grain,
        period_start_date,
        {{ add_periods('period_grain', 'period_start_date', 1) }} as next_period_start_date
    from periods
)

select
    bounded_periods.period_grain,
    bounded_periods.period_start_date,
    bounded_periods.next_period_start_date,
    -- a period that ends on the night's date is complete
    {{ add_days('bounded_periods.next_period_start_date', -1) }} > bounds.as_of_date as is_partial
from bounded_periods
cross join bounds
