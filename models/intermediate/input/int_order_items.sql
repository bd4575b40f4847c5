-- grain: one row per order and line of any source, as loaded
{{ config(
    materialized='incremental',
    unique_key=['order_id', 'line_number'],
    on_schema_change='fail',
) }}

with

order_items as (
    {{ union_sources([ref('stg_canonical__order_items'), ref('stg_olist__order_items')]) }}
)

select
    source_id,
    order_id,
    line_number,
    product_id,
    product_category,
    quantity,
    unit_amount,
    batch_id
from order_items
where {{ new_rows() }}
