-- grain: one row per membership and start of a tier
with

source as (
    select * from {{ source('canonical', 'membership_tiers') }}
),

renamed as (
    select
        -- keys
        'canonical' as source_id,
        {{ source_key('membership_id', 'canonical') }} as membership_id,

        -- attributes
        tier,

        -- timestamps
        valid_from as valid_from_at,

        -- load
        _batch_id as batch_id
    from source
)

select
    source_id,
    membership_id,
    tier,
    valid_from_at,
    batch_id
from renamed
