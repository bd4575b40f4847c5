-- grain: one row per membership of any source, as loaded
{{ config(materialized='incremental', unique_key='membership_id', on_schema_change='fail') }}

with

memberships as (
    {{ union_sources([ref('stg_canonical__memberships')]) }}
)

select
    source_id,
    membership_id,
    customer_id,
    enrolled_at,
    activated_at,
    cancelled_at,
    {{ local_date('enrolled_at') }} as enrolled_date,
    {{ local_date('activated_at') }} as activated_date,
    {{ local_date('cancelled_at') }} as cancelled_date,
    batch_id
from memberships
where {{ new_rows() }}
