-- grain: one row per event of an identified customer, in the order in which they happened
{%- set kinds = {
    'order': "event_kind = 'order'",
    'delivery': "event_kind = 'delivery'",
    'answer': "event_kind = 'answer'",
    'case_opened': "event_kind = 'case_opened'",
    'case_closed': "event_kind = 'case_closed'",
    'membership_step': "event_kind like 'membership%'",
    'program_event': "event_kind = 'program_event'",
    'share': "event_kind = 'share'",
} %}
with

dated as (
    select
        *,
        {%- for kind, condition in kinds.items() %}
        {{ last_known('case when ' ~ condition ~ ' then event_date end', 'earlier') }}
            as last_{{ kind }}_date,
        {%- endfor %}
        cast(row_number() over in_order as bigint) as event_number
    from {{ ref('int_customer_activity') }}
    window
        in_order as (partition by customer_id order by event_at, kind_order, event_id),
        earlier as (
            partition by customer_id order by event_at, kind_order, event_id
            rows between unbounded preceding and 1 preceding
        )
)

select
    customer_id,
    event_number,
    event_kind,
    event_id,
    source_id,
    event_detail,
    {%- for kind in kinds %}
    cast({{ days_between('last_' ~ kind ~ '_date', 'event_date') }} as integer)
        as days_since_{{ kind }},
    {%- endfor %}
    event_at,
    event_date
from dated
