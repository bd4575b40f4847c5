-- grain: one row per order and line of any source, as loaded
-- A view until a model reads it: what nobody asks for is not computed each night.
{{ config(materialized='view') }}

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
