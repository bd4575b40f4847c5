-- grain: one row per event of an identified customer, tests left out
-- What counts as an event, once for everything that follows a customer through time.
{{ config(materialized='view') }}
{%- set no_detail = 'cast(null as ' ~ dbt.type_string() ~ ')' %}
{%- set steps = [
    ('order', 'fct_orders', 'order_id', 'ordered_at', 'ordered_date', 'order_status', 'true'),
    ('delivery', 'fct_deliveries', 'delivery_id', 'delivered_at', 'delivered_date', 'on_time_band', 'is_delivered'),
    ('answer', 'fct_survey_answers', 'answer_id', 'answered_at', 'answered_date', 'survey_kind', 'true'),
    ('case_opened', 'fct_support_cases', 'case_id', 'opened_at', 'opened_date', 'case_category', 'true'),
    ('case_closed', 'fct_support_cases', 'case_id', 'closed_at', 'closed_date', 'case_category', 'is_closed'),
    ('membership_enrolled', 'fct_memberships', 'membership_id', 'enrolled_at', 'enrolled_date', no_detail, 'true'),
    ('membership_activated', 'fct_memberships', 'membership_id', 'activated_at', 'activated_date', no_detail, 'activated_date is not null'),
    ('membership_cancelled', 'fct_memberships', 'membership_id', 'cancelled_at', 'cancelled_date', no_detail, 'cancelled_date is not null'),
    ('program_event', 'fct_program_events', 'event_id', 'occurred_at', 'occurred_date', 'event_type', 'true'),
    ('share', 'fct_shares', 'share_id', 'shared_at', 'shared_date', 'share_kind', 'true'),
] %}
{% for kind, table, key, moment, day, detail, condition in steps %}
select
    customer_id,
    source_id,
    '{{ kind }}' as event_kind,
    {{ loop.index }} as kind_order,
    {{ key }} as event_id,
    {{ moment }} as event_at,
    {{ day }} as event_date,
    {{ detail }} as event_detail
from {{ ref(table) }}
where customer_id is not null and not is_test and {{ condition }}
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}
