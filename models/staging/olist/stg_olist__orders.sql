-- grain: one row per order
with

source as (
    select * from {{ source('olist', 'orders') }}
),

customers as (
    select * from {{ source('olist', 'customers') }}
),

amounts as (
    select * from {{ ref('stg_olist__order_amounts') }}
),

statuses as (
    select * from {{ ref('olist_order_statuses') }}
)

select
    'olist' as source_id,
    {{ source_key('source.order_id', 'olist') }} as order_id,
    -- an order whose customer is not landed still counts as that customer
    coalesce(customers.customer_unique_id_hash, source.customer_id_hash) as customer_id,
    coalesce(statuses.order_status, source.order_status) as order_status,
    'web' as sales_channel,
    'BRL' as currency_code,
    false as is_test_order,
    coalesce(amounts.order_amount, 0) as order_amount,
    amounts.shipping_amount,
    source.order_purchase_timestamp as ordered_at,
    greatest(
        source._batch_id, coalesce(customers._batch_id, 0), coalesce(amounts.batch_id, 0)
    ) as batch_id
from source
left join customers on source.customer_id = customers.customer_id
left join amounts on source.order_id = amounts.order_id
left join statuses on source.order_status = statuses.olist_status
