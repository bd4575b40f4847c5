-- grain: one row per order and line
with

source as (
    select * from {{ source('olist', 'order_items') }}
),

products as (
    select * from {{ source('olist', 'products') }}
)

select
    'olist' as source_id,
    {{ source_key('source.order_id', 'olist') }} as order_id,
    source.order_item_id as line_number,
    source.product_id,
    products.product_category_name as product_category,
    cast(1 as {{ type_double() }}) as quantity,
    source.price as unit_amount,
    greatest(source._batch_id, coalesce(products._batch_id, 0)) as batch_id
from source
left join products on source.product_id = products.product_id
