-- grain: one row per order of any source, as loaded
{{ config(materialized='incremental', unique_key='order_id', on_schema_change='fail') }}

with

orders as (
    {{ union_sources([ref('stg_canonical__orders'), ref('stg_olist__orders')]) }}
),

new_orders as (
    select * from orders
    where {{ new_rows() }}
),

refunds as (
    select
        *,
        coalesce(refunded_amount > 0 and refunded_amount >= order_amount, false)
        or (
            order_status = 'refunded'
            and coalesce(refunded_amount >= order_amount, true)
        ) as is_refunded_in_full
    from new_orders
)

select
    source_id,
    order_id,
    customer_id,
    store_id,
    order_status,
    sales_channel,
    device_type,
    currency_code,
    is_test_order,
    is_refunded_in_full,
    order_amount,
    refunded_amount,
    discount_amount,
    shipping_amount,
    ordered_at,
    {{ local_date('ordered_at') }} as ordered_date,
    -- the first reason that applies; a status that nobody knows is not paid
    case
        when order_status = 'cancelled' then 'cancelled'
        when order_status not in ('paid', 'fulfilled', 'refunded') then 'not_paid'
        when is_refunded_in_full then 'refunded_in_full'
    end as order_exclusion_reason,
    batch_id
from refunds
