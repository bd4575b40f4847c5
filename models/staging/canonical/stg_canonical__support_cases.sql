-- grain: one row per support case
with

source as (
    select * from {{ source('canonical', 'support_cases') }}
),

renamed as (
    select
        -- keys
        'canonical' as source_id,
        {{ source_key('case_id', 'canonical') }} as case_id,
        customer_id_hash as customer_id,
        {{ source_key('order_id', 'canonical') }} as order_id,

        -- attributes
        case_channel,
        category as case_category,

        -- numbers
        coalesce(reopened_count, 0) as reopened_count,

        -- timestamps
        opened_at,
        closed_at,

        -- load
        _batch_id as batch_id
    from source
)

select
    source_id,
    case_id,
    customer_id,
    order_id,
    case_channel,
    case_category,
    reopened_count,
    opened_at,
    closed_at,
    batch_id
from renamed
