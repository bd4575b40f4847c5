-- grain in the file: one row per visit to site or app. Every online order has the visit that
-- it was placed in, and some that led nowhere; on a phone more of those.
create view file_web_sessions as
with

visits as (
    select
        *,
        unnest(range(1 + cast(floor(
            uniform('visits', order_no) * if(device_type in ('mobile_web', 'mobile_app'), 2.8, 2.1)
        ) as bigint))) as visit
    from purchases
    where sales_channel in ('web', 'app')
),

stepped as (
    select
        *,
        order_no * 4 + visit as session_no,
        case
            when visit = 0 then 3
            else pick([0, 0, 0, 1, 1, 2], uniform('reach', order_no * 4 + visit))
        end as step
    from visits
)

select
    'W' || lpad(cast(session_no as varchar), 11, '0') as session_id,
    -- not everybody logs in before buying
    if(visit = 0 or uniform('logged in', session_no) < 0.5, customer_key(customer_no), null) as customer_id,
    as_zulu(greatest(getvariable('start_at'), after_days(
        ordered_at, -0.002 - 0.02 * uniform('visit length', session_no)
        - if(visit = 0, 0, 9 * uniform('visit before', session_no))
    ))) as started_at,
    if(visit = 0 or uniform('same device', session_no) < 0.75, device_type, 'mobile_web') as device_type,
    step >= 1 as reached_cart,
    step >= 2 as reached_checkout,
    if(visit = 0, order_key(order_no), null) as order_id
from stepped
order by order_no, visit;
