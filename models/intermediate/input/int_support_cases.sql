-- grain: one row per support case of any source, as loaded
{{ config(materialized='incremental', unique_key='case_id', on_schema_change='fail') }}

with

support_cases as (
    {{ union_sources([ref('stg_canonical__support_cases')]) }}
)

select
    source_id,
    case_id,
    customer_id,
    order_id,
    case_channel,
    case_category,
    reopened_count,
    opened_at,
    closed_at,
    {{ local_date('opened_at') }} as opened_date,
    {{ local_date('closed_at') }} as closed_date,
    batch_id
from support_cases
where {{ new_rows() }}
