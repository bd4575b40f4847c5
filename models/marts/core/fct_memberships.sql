-- grain: one row per membership enrolled on or before the night's date; a re-join is a new one
with

memberships as (
    select * from {{ ref('int_memberships') }}
),

links as (
    select * from {{ ref('int_customer_links') }}
),

customers as (
    select * from {{ ref('int_described_customers') }}
),

night as (
    select * from {{ ref('int_night') }}
),

-- what happens after the night's date has not happened
known_memberships as (
    select
        memberships.*,
        coalesce(links.person_id, memberships.customer_id) as person_id,
        memberships.activated_date <= night.as_of_date as is_activated_by_then,
        memberships.cancelled_date <= night.as_of_date as is_cancelled_by_then
    from memberships
    cross join night
    left join links on memberships.customer_id = links.customer_id
    where {{ has_happened('memberships.enrolled_date') }}
)

select
    known_memberships.membership_id,
    known_memberships.source_id,
    known_memberships.person_id as customer_id,
    coalesce(customers.is_test or customers.is_employee, false) as is_test,
    coalesce(is_activated_by_then and not coalesce(is_cancelled_by_then, false), false)
        as is_active,
    known_memberships.enrolled_at,
    known_memberships.enrolled_date,
    case when is_activated_by_then then known_memberships.activated_at end as activated_at,
    case when is_activated_by_then then known_memberships.activated_date end as activated_date,
    case when is_cancelled_by_then then known_memberships.cancelled_at end as cancelled_at,
    case when is_cancelled_by_then then known_memberships.cancelled_date end as cancelled_date
from known_memberships
left join customers on known_memberships.person_id = customers.customer_id
