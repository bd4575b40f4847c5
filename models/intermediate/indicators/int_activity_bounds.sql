-- grain: one row; the first local date of any order, invitation or answer, and the night's date
with

dates as (
    select min(ordered_date) as first_date from {{ ref('fct_orders') }}
    union all
    select min(sent_date) as first_date from {{ ref('fct_survey_invitations') }}
    union all
    select min(answered_date) as first_date from {{ ref('fct_survey_answers') }}
),

bounds as (
    select
        night.as_of_date,
        coalesce(min(dates.first_date), night.as_of_date) as first_date
    from {{ ref('int_night') }} as night
    cross join dates
    group by night.as_of_date
)

select
    first_date,
    as_of_date,
    -- whole weeks and whole years, so that every period that holds a date is there from end to end
    least(
        cast({{ dbt.date_trunc('year', 'first_date') }} as date),
        cast({{ dbt.date_trunc('week', 'first_date') }} as date)
    ) as first_day,
    greatest(
        cast({{ dbt.last_day('as_of_date', 'year') }} as date),
        cast({{ dbt.last_day('as_of_date', 'week') }} as date)
    ) as last_day
from bounds
