-- grain: one row per order and line
with

source as (
    select * from {{ source('canonical', 'order_items') }}
),

renamed as (
    select
        -- keys
        'canonical' as source_id,
        {{ source_key('order_id', 'canonical') }} as order_id,
        line_number,
        product_id,

        -- attributes
        product_category,

        -- numbers
        quantity,
        unit_amount,

        -- load
        _batch_id as batch_id
    from source
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
from renamed
