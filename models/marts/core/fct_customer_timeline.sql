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

ordered as (
    select
        *,
        row_number() over before_it as event_number,
        {%- for kind, condition in kinds.items() %}
        max(case when {{ condition }} then event_date end) over (
            before_it rows between unbounded preceding and 1 preceding
        ) as last_{{ kind }}_date{% if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ ref('int_customer_activity') }}
    window before_it as (partition by customer_id order by event_at, kind_order, event_id)
)

select
    customer_id,
    event_number,
    event_kind,
    event_id,
    source_id,
    event_detail,
    event_at,
    event_date,
    {%- for kind in kinds %}
    cast({{ dbt.datediff('last_' ~ kind ~ '_date', 'event_date', 'day') }} as integer)
        as days_since_{{ kind }}{% if not loop.last %},{% endif %}
    {%- endfor %}
from ordered
