-- grain: one row per order with a payment or an item
-- What the customer paid is the amount; items (price and freight) stand in where no payment is
-- landed. The two disagree in a few orders: instalments carry interest, vouchers are rounded.
with

payments as (
    select
        order_id,
        sum(payment_value) as paid_amount,
        max(_batch_id) as batch_id
    from {{ source('olist', 'order_payments') }}
    group by order_id
),

items as (
    select
        order_id,
        sum(coalesce(price, 0) + coalesce(freight_value, 0)) as item_amount,
        sum(freight_value) as shipping_amount,
        max(_batch_id) as batch_id
    from {{ source('olist', 'order_items') }}
    group by order_id
)

select
    coalesce(payments.order_id, items.order_id) as order_id,
    cast(coalesce(payments.paid_amount, items.item_amount) as decimal(18, 2)) as order_amount,
    cast(items.shipping_amount as decimal(18, 2)) as shipping_amount,
    greatest(coalesce(payments.batch_id, 0), coalesce(items.batch_id, 0)) as batch_id
from payments
full outer join items on payments.order_id = items.order_id
