-- grain: one row per web session
with

source as (
    select * from {{ source('canonical', 'web_sessions') }}
),

renamed as (
    select
        -- keys
        'canonical' as source_id,
        {{ source_key('session_id', 'canonical') }} as session_id,
        customer_id_hash as customer_id,
        {{ source_key('order_id', 'canonical') }} as order_id,

        -- attributes
        device_type,

        -- booleans
        coalesce(reached_cart, false) as has_reached_cart,
        coalesce(reached_checkout, false) as has_reached_checkout,

        -- timestamps
        started_at,

        -- load
        _batch_id as batch_id
    from source
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
    batch_id
from renamed
