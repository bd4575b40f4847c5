-- grain: one row per share, review or referral
with

source as (
    select * from {{ source('canonical', 'shares') }}
),

renamed as (
    select
        -- keys
        'canonical' as source_id,
        {{ source_key('share_id', 'canonical') }} as share_id,
        customer_id_hash as customer_id,
        product_id,

        -- attributes
        share_kind,
        platform,

        -- timestamps
        shared_at,

        -- load
        _batch_id as batch_id
    from source
)

select
    source_id,
    share_id,
    customer_id,
    product_id,
    share_kind,
    platform,
    shared_at,
    batch_id
from renamed
