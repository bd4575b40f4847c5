-- grain: one row per person and source that names the person in any of its tables
{{ config(materialized='view') }}

select distinct
    customer_id,
    source_id
from (
    select customer_id, source_id from {{ ref('int_described_customers') }}
    union all
    select customer_id, source_id from {{ ref('fct_orders') }}
    union all
    select customer_id, source_id from {{ ref('fct_memberships') }}
    union all
    select customer_id, source_id from {{ ref('fct_survey_answers') }}
    union all
    select customer_id, source_id from {{ ref('fct_survey_invitations') }}
    union all
    select customer_id, source_id from {{ ref('int_known_cases') }}
    union all
    select customer_id, source_id from {{ ref('fct_shares') }}
) as named
where customer_id is not null
