-- grain: one row per invitation sent on or before the night's date; a reminder is the same one
with

invitations as (
    select
        invitations.*,
        coalesce(links.person_id, invitations.customer_id) as person_id
    from {{ ref('int_survey_invitations') }} as invitations
    cross join {{ ref('int_night') }} as night
    left join {{ ref('int_customer_links') }} as links
        on invitations.customer_id = links.customer_id
    where {{ has_happened('invitations.sent_date') }}
),

customers as (
    select * from {{ ref('int_described_customers') }}
),

test_things as (
    select * from {{ ref('int_test_things') }}
)

select
    invitations.invitation_id,
    invitations.source_id,
    invitations.person_id as customer_id,
    invitations.order_id,
    invitations.delivery_id,
    invitations.case_id,
    coalesce(customers.is_test or customers.is_employee, false)
    or test_orders.thing_id is not null
    or test_deliveries.thing_id is not null
    or test_cases.thing_id is not null as is_test,
    invitations.survey_kind,
    coalesce(invitations.survey_channel, 'unknown') as survey_channel,
    coalesce(invitations.delivery_status, 'unknown') as delivery_status,
    invitations.sent_at,
    invitations.sent_date
from invitations
left join customers on invitations.person_id = customers.customer_id
left join test_things as test_orders
    on test_orders.thing = 'order' and invitations.order_id = test_orders.thing_id
left join test_things as test_deliveries
    on test_deliveries.thing = 'delivery' and invitations.delivery_id = test_deliveries.thing_id
left join test_things as test_cases
    on test_cases.thing = 'case' and invitations.case_id = test_cases.thing_id
