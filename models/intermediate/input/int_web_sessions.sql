-- grain: one row per web session of any source, as loaded
-- A view until a model reads it: what nobody asks for is not computed each night.
{{ config(materialized='view') }}

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
