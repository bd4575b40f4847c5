-- grain: one row per membership and stretch of days in which it is active in one tier and month
-- Months of its life are counted from the day of enrolment, clamped to the month's end. Those of an
-- open stretch go on to the end of the night's quarter: no night within it adds any. A view: it has
-- many more rows than what it is made of, and one reader.
{{ config(materialized='view') }}

with

stretches as (
    select
        stretches.membership_id,
        stretches.tier,
        stretches.valid_from_date,
        stretches.valid_to_date,
        memberships.enrolled_date,
        memberships.source_id,
        memberships.is_test,
        coalesce(customers.country_code, 'unknown') as country_code,
        -- a month that is not over counts one less than the months between
        {{ dbt.datediff('memberships.enrolled_date', 'stretches.valid_from_date', 'month') }}
        - 1 as first_month_number,
        {{ dbt.datediff(
            'memberships.enrolled_date',
            'coalesce(stretches.valid_to_date, ' ~ dbt.last_day('night.as_of_date', 'quarter') ~ ')',
            'month',
        ) }} as last_month_number
    from {{ ref('int_membership_stretches') }} as stretches
    cross join {{ ref('int_night') }} as night
    inner join {{ ref('fct_memberships') }} as memberships
        on stretches.membership_id = memberships.membership_id
    left join {{ ref('int_described_customers') }} as customers
        on memberships.customer_id = customers.customer_id
),

oldest as (
    select max(last_month_number) as month_count
    from stretches
),

-- there are more days than months, so the days number the months
month_numbers as (
    select numbered.month_number
    from (
        select cast(row_number() over (order by date_day) - 1 as integer) as month_number
        from {{ ref('dim_dates') }}
    ) as numbered
    inner join oldest on numbered.month_number <= oldest.month_count
),

months as (
    select
        stretches.*,
        month_numbers.month_number,
        {{ add_months('stretches.enrolled_date', 'month_numbers.month_number') }}
            as month_from_date,
        {{ add_months('stretches.enrolled_date', 'month_numbers.month_number + 1') }}
            as month_to_date
    from stretches
    inner join month_numbers
        on
            stretches.first_month_number <= month_numbers.month_number
            and stretches.last_month_number >= month_numbers.month_number
)

select
    membership_id,
    source_id,
    tier,
    country_code,
    is_test,
    enrolled_date,
    cast(month_number as {{ dbt.type_string() }}) as months_since_joining,
    greatest(valid_from_date, month_from_date) as valid_from_date,
    {{ earliest_date('valid_to_date', 'month_to_date') }} as valid_to_date
from months
where
    greatest(valid_from_date, month_from_date)
    < {{ earliest_date('valid_to_date', 'month_to_date') }}
