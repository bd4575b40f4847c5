-- grain: one row per membership; a re-join is a new one
with

source as (
    select * from {{ source('canonical', 'memberships') }}
),

renamed as (
    select
        -- keys
        'canonical' as source_id,
        {{ source_key('membership_id', 'canonical') }} as membership_id,
        customer_id_hash as customer_id,

        -- timestamps
        enrolled_at,
        activated_at,
        cancelled_at,

        -- load
        _batch_id as batch_id
    from source
)

select
    source_id,
    membership_id,
    customer_id,
    enrolled_at,
    activated_at,
    cancelled_at,
    batch_id
from renamed
