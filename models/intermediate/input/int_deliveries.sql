-- grain: one row per delivery of any source, as loaded
{{ config(materialized='incremental', unique_key='delivery_id', on_schema_change='fail') }}

with

deliveries as (
    {{ union_sources([ref('stg_canonical__deliveries'), ref('stg_olist__deliveries')]) }}
)

select
    source_id,
    delivery_id,
    order_id,
    carrier,
    promised_at,
    shipped_at,
    delivered_at,
    {{ local_date('promised_at') }} as promised_date,
    {{ local_date('shipped_at') }} as shipped_date,
    {{ local_date('delivered_at') }} as delivered_date,
    batch_id
from deliveries
where {{ new_rows() }}
