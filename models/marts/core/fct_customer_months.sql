-- grain: one row per identified customer and month with any activity; tests are left out
with

activity as (
    select
        customer_id,
        cast({{ dbt.date_trunc('month', 'event_date') }} as date) as month_date,
        sum(case when event_kind = 'program_event' then 1 else 0 end) as program_event_count,
        sum(case when event_kind = 'answer' then 1 else 0 end) as answer_count,
        sum(case when event_kind = 'case_opened' then 1 else 0 end) as case_count
    from {{ ref('int_customer_activity') }}
    group by customer_id, month_date
),

-- first by day: an occasion is a day, and to count different ones takes longer
order_days as (
    select
        orders.customer_id,
        orders.ordered_date,
        count(*) as order_count,
        sum(orders.order_amount) as order_amount,
        sum(case when device_types.is_phone then 1 else 0 end) as phone_order_count
    from {{ ref('fct_orders') }} as orders
    left join {{ ref('device_types') }} as device_types
        on orders.device_type = device_types.device_type
    where orders.is_qualifying and not orders.is_guest
    group by orders.customer_id, orders.ordered_date
),

orders as (
    select
        customer_id,
        cast({{ dbt.date_trunc('month', 'ordered_date') }} as date) as month_date,
        sum(order_count) as order_count,
        count(*) as occasion_count,
        sum(order_amount) as order_amount,
        sum(phone_order_count) as phone_order_count
    from order_days
    group by customer_id, month_date
)

select
    activity.customer_id,
    activity.month_date,
    cast(coalesce(orders.order_count, 0) as bigint) as order_count,
    coalesce(orders.occasion_count, 0) as occasion_count,
    cast(coalesce(orders.order_amount, 0) as decimal(18, 2)) as order_amount,
    cast(coalesce(orders.phone_order_count, 0) as bigint) as phone_order_count,
    cast(activity.program_event_count as bigint) as program_event_count,
    cast(activity.answer_count as bigint) as answer_count,
    cast(activity.case_count as bigint) as case_count
from activity
left join orders
    on activity.customer_id = orders.customer_id and activity.month_date = orders.month_date
