-- grain: one row per programme event on or before the night's date
with

events as (
    select events.*
    from {{ ref('int_program_events') }} as events
    cross join {{ ref('int_night') }} as night
    where {{ has_happened('events.occurred_date') }}
),

memberships as (
    select * from {{ ref('fct_memberships') }}
),

event_types as (
    select * from {{ ref('program_event_types') }}
)

select
    events.event_id,
    events.source_id,
    events.membership_id,
    memberships.customer_id,
    coalesce(memberships.is_test, false) as is_test,
    events.event_type,
    coalesce(event_types.is_engagement, false) as is_engagement,
    events.offer_id,
    events.order_id,
    events.point_count,
    events.occurred_at,
    events.occurred_date
from events
left join memberships on events.membership_id = memberships.membership_id
left join event_types on events.event_type = event_types.event_type
