-- grain: one row per delivery of an order placed on or before the night's date
with

deliveries as (
    select * from {{ ref('int_deliveries') }}
),

-- an order after the night's date is not read, nor is its delivery; an unknown order may be
unread_orders as (
    select orders.order_id
    from {{ ref('int_orders') }} as orders
    cross join {{ ref('int_night') }} as night
    where orders.ordered_date > night.as_of_date
),

orders as (
    select * from {{ ref('fct_orders') }}
),

known_deliveries as (
    select
        deliveries.*,
        deliveries.shipped_date <= night.as_of_date as is_shipped_by_then,
        coalesce(deliveries.delivered_date <= night.as_of_date, false) as is_delivered
    from deliveries
    cross join {{ ref('int_night') }} as night
    left join unread_orders on deliveries.order_id = unread_orders.order_id
    where unread_orders.order_id is null
),

timed_deliveries as (
    select
        *,
        case
            when is_delivered
                then cast({{ days_between('promised_date', 'delivered_date') }} as integer)
        end as days_late
    from known_deliveries
)

select
    timed_deliveries.delivery_id,
    timed_deliveries.source_id,
    timed_deliveries.order_id,
    orders.customer_id,
    coalesce(orders.is_test, false) as is_test,
    timed_deliveries.is_delivered,
    timed_deliveries.days_late <= 0 as is_on_time,
    timed_deliveries.days_late,
    case
        when timed_deliveries.days_late is null then 'unknown'
        when timed_deliveries.days_late <= 0 then 'on_time'
        when timed_deliveries.days_late <= 2 then '1-2_days_late'
        when timed_deliveries.days_late <= 7 then '3-7_days_late'
        else 'over_7_days_late'
    end as on_time_band,
    coalesce(timed_deliveries.carrier, 'unknown') as carrier,
    coalesce(orders.country_code, 'unknown') as country_code,
    timed_deliveries.promised_at,
    timed_deliveries.promised_date,
    case when is_shipped_by_then then timed_deliveries.shipped_at end as shipped_at,
    case when is_shipped_by_then then timed_deliveries.shipped_date end as shipped_date,
    case when is_delivered then timed_deliveries.delivered_at end as delivered_at,
    case when is_delivered then timed_deliveries.delivered_date end as delivered_date
from timed_deliveries
left join orders on timed_deliveries.order_id = orders.order_id
