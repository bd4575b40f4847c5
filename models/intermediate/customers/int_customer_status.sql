-- grain: one row per customer and stretch of days in which the customer is an active member
-- Stretches of one customer never overlap: where two memberships are active on a day, the one
-- activated last (then the greater key) gives the tier. On all other days a customer is no member.
with

stretches as (
    select * from {{ ref('int_membership_stretches') }}
    where customer_id is not null
),

boundaries as (
    select
        customer_id,
        valid_from_date as boundary_date
    from stretches
    union
    select
        customer_id,
        valid_to_date
    from stretches
    where valid_to_date is not null
),

segments as (
    select
        customer_id,
        boundary_date as valid_from_date,
        lead(boundary_date) over (
            partition by customer_id order by boundary_date
        ) as valid_to_date
    from boundaries
),

candidates as (
    select
        segments.customer_id,
        segments.valid_from_date,
        segments.valid_to_date,
        stretches.tier,
        row_number() over (
            partition by segments.customer_id, segments.valid_from_date
            order by stretches.activated_at desc, stretches.membership_id desc
        ) as precedence
    from segments
    inner join stretches
        on
            segments.customer_id = stretches.customer_id
            and segments.valid_from_date >= stretches.valid_from_date
            and segments.valid_from_date < {{ end_or_never('stretches.valid_to_date') }}
)

select
    customer_id,
    tier,
    valid_from_date,
    valid_to_date
from candidates
where precedence = 1
