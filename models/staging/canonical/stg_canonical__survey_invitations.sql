-- grain: one row per invitation; a reminder is the same one
with

source as (
    select * from {{ source('canonical', 'survey_invitations') }}
),

renamed as (
    select
        -- keys
        'canonical' as source_id,
        {{ source_key('invitation_id', 'canonical') }} as invitation_id,
        customer_id_hash as customer_id,
        {{ source_key('order_id', 'canonical') }} as order_id,
        {{ source_key('delivery_id', 'canonical') }} as delivery_id,
        {{ source_key('case_id', 'canonical') }} as case_id,

        -- attributes
        survey_kind,
        survey_channel,
        delivery_status,

        -- timestamps
        sent_at,

        -- load
        _batch_id as batch_id
    from source
)

select
    source_id,
    invitation_id,
    customer_id,
    order_id,
    delivery_id,
    case_id,
    survey_kind,
    survey_channel,
    delivery_status,
    sent_at,
    batch_id
from renamed
