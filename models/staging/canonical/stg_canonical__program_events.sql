-- grain: one row per programme event
with

source as (
    select * from {{ source('canonical', 'program_events') }}
),

renamed as (
    select
        -- keys
        'canonical' as source_id,
        {{ source_key('event_id', 'canonical') }} as event_id,
        {{ source_key('membership_id', 'canonical') }} as membership_id,
        offer_id,
        {{ source_key('order_id', 'canonical') }} as order_id,

        -- attributes
        event_type,

        -- numbers
        points as point_count,

        -- timestamps
        occurred_at,

        -- load
        _batch_id as batch_id
    from source
)

select
    source_id,
    event_id,
    membership_id,
    offer_id,
    order_id,
    event_type,
    point_count,
    occurred_at,
    batch_id
from renamed
