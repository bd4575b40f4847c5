-- grain: one row per order placed on or before the night's date
with

orders as (
    select
        orders.*,
        coalesce(links.person_id, orders.customer_id) as person_id
    from {{ ref('int_orders') }} as orders
    cross join {{ ref('int_night') }} as night
    left join {{ ref('int_customer_links') }} as links on orders.customer_id = links.customer_id
    where {{ has_happened('orders.ordered_date') }}
),

customers as (
    select * from {{ ref('int_described_customers') }}
),

described_orders as (
    select
        orders.*,
        customers.country_code,
        customers.customer_id is not null as is_customer_described,
        orders.is_test_order or coalesce(customers.is_test or customers.is_employee, false)
            as is_test,
        {{ member_status('orders.person_id') }} as member_status,
        coalesce(status.tier, 'unknown') as tier
    from orders
    cross join {{ ref('int_night') }} as night
    left join customers on orders.person_id = customers.customer_id
    {{ join_customer_status('orders', 'person_id', 'ordered_date') }}
)

select
    order_id,
    source_id,
    person_id as customer_id,
    person_id is null as is_guest,
    is_customer_described,
    is_test,
    order_exclusion_reason is null and not is_test as is_qualifying,
    case when is_test then 'test_account' else order_exclusion_reason end as exclusion_reason,
    order_status,
    coalesce(sales_channel, 'unknown') as sales_channel,
    coalesce(device_type, 'unknown') as device_type,
    coalesce(country_code, 'unknown') as country_code,
    member_status,
    tier,
    store_id,
    currency_code,
    order_amount,
    refunded_amount,
    discount_amount,
    shipping_amount,
    ordered_at,
    ordered_date
from described_orders
