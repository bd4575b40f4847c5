-- grain: one row per share, review or referral of any source, as loaded
{{ config(materialized='incremental', unique_key='share_id', on_schema_change='fail') }}

with

shares as (
    {{ union_sources([ref('stg_canonical__shares')]) }}
)

select
    source_id,
    share_id,
    customer_id,
    product_id,
    share_kind,
    platform,
    shared_at,
    {{ local_date('shared_at') }} as shared_date,
    batch_id
from shares
where {{ new_rows() }}
