-- grain: one row per web session of any source, as loaded
{{ config(materialized='incremental', unique_key='session_id', on_schema_change='fail') }}

with

web_sessions as (
    {{ union_sources([ref('stg_canonical__web_sessions')]) }}
)

select
    source_id,
    session_id,
    customer_id,
    order_id,
    device_type,
    has_reached_cart,
    has_reached_checkout,
    started_at,
    {{ local_date('started_at') }} as started_date,
    batch_id
from web_sessions
where {{ new_rows() }}
