-- grain: one row per support case opened on or before the night's date
with

cases as (
    select
        cases.*,
        coalesce(links.person_id, cases.customer_id) as person_id,
        coalesce(cases.closed_date <= night.as_of_date, false) as is_closed
    from {{ ref('int_support_cases') }} as cases
    cross join {{ ref('int_night') }} as night
    left join {{ ref('int_customer_links') }} as links on cases.customer_id = links.customer_id
    where {{ has_happened('cases.opened_date') }}
),

customers as (
    select * from {{ ref('int_described_customers') }}
),

orders as (
    select * from {{ ref('fct_orders') }}
)

select
    cases.case_id,
    cases.source_id,
    cases.person_id as customer_id,
    cases.order_id,
    coalesce(customers.is_test or customers.is_employee, false) or coalesce(orders.is_test, false)
        as is_test,
    cases.is_closed,
    coalesce(cases.case_channel, 'unknown') as case_channel,
    coalesce(cases.case_category, 'unknown') as case_category,
    cases.reopened_count,
    cases.opened_at,
    cases.opened_date,
    case when cases.is_closed then cases.closed_at end as closed_at,
    case when cases.is_closed then cases.closed_date end as closed_date
from cases
left join customers on cases.person_id = customers.customer_id
left join orders on cases.order_id = orders.order_id
