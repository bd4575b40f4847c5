-- grain: one row per delivery
with

source as (
    select * from {{ source('canonical', 'deliveries') }}
),

renamed as (
    select
        -- keys
        'canonical' as source_id,
        {{ source_key('delivery_id', 'canonical') }} as delivery_id,
        {{ source_key('order_id', 'canonical') }} as order_id,

        -- attributes
        carrier,

        -- timestamps
        promised_at,
        shipped_at,
        delivered_at,

        -- load
        _batch_id as batch_id
    from source
)

select
    source_id,
    delivery_id,
    order_id,
    carrier,
    promised_at,
    shipped_at,
    delivered_at,
    batch_id
from renamed
