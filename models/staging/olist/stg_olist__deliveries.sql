-- grain: one row per order that has a promised date; Olist sends one delivery per order
with

source as (
    select * from {{ source('olist', 'orders') }}
)

select
    'olist' as source_id,
    {{ source_key('order_id', 'olist') }} as delivery_id,
    {{ source_key('order_id', 'olist') }} as order_id,
    order_estimated_delivery_date as promised_at,
    order_delivered_carrier_date as shipped_at,
    -- a few undelivered orders carry a delivery date: the status is what the shop stands by
    case
        when order_status = 'delivered' then order_delivered_customer_date
    end as delivered_at,
    _batch_id as batch_id
from source
