-- grain: one row per order
with

source as (
    select * from {{ source('canonical', 'orders') }}
),

renamed as (
    select
        -- keys
        'canonical' as source_id,
        {{ source_key('order_id', 'canonical') }} as order_id,
        customer_id_hash as customer_id,
        store_id,

        -- attributes
        status as order_status,
        sales_channel,
        device_type,
        currency as currency_code,

        -- booleans
        coalesce(is_test, false) as is_test_order,

        -- numbers
        order_amount,
        refunded_amount,
        discount_amount,
        shipping_amount,

        -- timestamps
        ordered_at,

        -- load
        _batch_id as batch_id
    from source
)

select
    source_id,
    order_id,
    customer_id,
    store_id,
    order_status,
    sales_channel,
    device_type,
    currency_code,
    is_test_order,
    order_amount,
    refunded_amount,
    discount_amount,
    shipping_amount,
    ordered_at,
    batch_id
from renamed
