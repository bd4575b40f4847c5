-- grain: one row per person and source that names the person in any of its tables
{{ config(materialized='view') }}
{%- set tables = [
    'int_described_customers', 'fct_orders', 'fct_memberships', 'fct_survey_answers',
    'fct_survey_invitations', 'int_known_cases', 'fct_shares',
] %}

with

named as (
    {%- for table in tables %}
    select
        customer_id,
        source_id
    from {{ ref(table) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select distinct
    customer_id,
    source_id
from named
where customer_id is not null
