-- grain: one row per purchase, in the order of time; nothing yet but who and when
create table purchase_moments as
with

draws as (
    select
        customer_no,
        is_guest,
        arrival,
        span,
        unnest(range(purchase_count)) as ordinal
    from persons
),

placed as (
    select
        customer_no,
        is_guest,
        customer_no * 1000 + ordinal as purchase_no,
        -- the first purchase at arrival, the others anywhere in the time as a customer
        arrival + case
            when ordinal = 0 then 0 else span * uniform('when', customer_no * 1000 + ordinal)
        end as place
    from draws
),

dated as (
    select
        placed.customer_no,
        placed.is_guest,
        placed.purchase_no,
        day_slots.day as ordered_on,
        day_slots.is_campaign,
        -- shops are open from ten to seven
        uniform('store', placed.purchase_no) < 0.09 as is_in_store,
        local_to_utc(
            cast(day_slots.day as timestamp) + to_seconds(cast(floor(3600 * case
                when uniform('store', placed.purchase_no) < 0.09
                    then 10 + 9 * uniform('store hour', placed.purchase_no)
                else online_hour(placed.purchase_no)
            end) as bigint))
        ) as ordered_at
    from placed
    inner join day_slots on cast(floor(placed.place * 32) as bigint) = day_slots.slot
)

select * from dated
order by ordered_at, purchase_no;

-- grain: one row per order: the chain order → delivery → support case that answers, visits
-- and shares hang on. Typed and complete; the files are projections of it.
create table purchases as
with

numbered as (
    -- rowid is the place in the sorted table: order numbers rise with time
    select
        *,
        rowid + 1 as order_no,
        country_of(customer_no) as country,
        progress(ordered_at) as progress,
        0.35 + 0.30 * progress as phone_share,
        uniform('device', rowid + 1) as device_draw,
        uniform('known device', rowid + 1) as known_draw,
        not is_in_store and uniform('by telephone', rowid + 1) < 0.03 as is_by_telephone
    from purchase_moments
),

bought as (
    select
        *,
        case
            when is_by_telephone and known_draw < 0.7 or is_in_store and known_draw < 0.8 then null
            when known_draw > 0.96 then null
            when is_in_store then 'tablet'
            when sprinkle(order_no, 1709) then 'smart_tv'
            when device_draw < phone_share * (0.35 + 0.2 * progress) then 'mobile_app'
            when device_draw < phone_share then 'mobile_web'
            when device_draw < phone_share + 0.05 then 'tablet'
            else 'desktop'
        end as device_type,
        case
            when is_in_store then 'store'
            when is_by_telephone then 'phone'
            when device_draw < phone_share * (0.35 + 0.2 * progress) then 'app'
            else 'web'
        end as sales_channel,
        case
            when sprinkle(order_no, 1201) then 'on_hold'
            when uniform('status', order_no) < 0.03 then 'cancelled'
            when uniform('status', order_no) < 0.062 then 'refunded'
            when ordered_at > getvariable('end_at') - interval 36 hour and not is_in_store
                or uniform('status', order_no) > 0.998 then 'pending'
            when ordered_at > getvariable('end_at') - interval 4 day and not is_in_store
                or uniform('status', order_no) > 0.98 then 'paid'
            else 'fulfilled'
        end as status,
        uniform('refund', order_no) as refund_draw,
        case
            when sprinkle(order_no, 1103) then 0
            else cast(
                (19 + 420 * exp(0.75 * normal('amount', order_no)))
                * case country when 'FI' then 0.1 when 'DK' then 0.7 else 1 end
                * case when is_campaign then 0.85 else 1 end
                as decimal(18, 2)
            )
        end as order_amount
    from numbered
),

promised as (
    select
        *,
        not is_in_store and status in ('fulfilled', 'refunded', 'paid') as is_shipped,
        is_shipped and is_purchase_late(purchase_no, ordered_on) as is_late,
        ordered_on + 3 + cast(floor(3 * uniform('promise', order_no)) as integer) as promised_on,
        case
            when is_late
                then 1 + cast(floor(
                    exponential('days late', order_no) * if(is_in_crisis(ordered_on), 3.2, 1.6)
                ) as integer)
            when not is_in_store then -cast(floor(2.4 * uniform('days early', order_no)) as integer)
        end as late_days,
        case
            when is_shipped
                then if_happened(after_days(
                    ordered_at, 0.15 + 0.9 * uniform('packing', order_no) + greatest(0, late_days) * 0.6
                ))
        end as shipped_at
    from bought
),

delivered as (
    select
        *,
        case
            -- a few parcels are lost, or nobody scans them
            when is_shipped and shipped_at is not null and uniform('lost', order_no) > 0.004
                then if_happened(greatest(
                    local_to_utc(
                        cast(promised_on + late_days as timestamp)
                        + to_seconds(cast(30600 + 36000 * uniform('ring', order_no) as bigint))
                    ),
                    after_days(shipped_at, 0.2)
                ))
        end as delivered_at,
        sprinkle(order_no, 50)
        or uniform('case', order_no) < 0.03 + if(is_late, 0.22, 0) + if(status = 'refunded', 0.25, 0)
            as has_trouble
    from promised
),

contacted as (
    select
        *,
        case
            when order_no = 1 or has_trouble
                then if_happened(after_days(
                    ordered_at,
                    -- the first order has a case in any shop: no file is without rows
                    if(order_no = 1, 0, 0.2 + 5 * exponential('contact', order_no))
                    + 0.5 * greatest(0, late_days)
                ))
        end as case_opened_at,
        -- support drowns in the crisis
        exponential('handling', order_no) * if(is_in_crisis(ordered_on), 4.5, 1.6) as handling_days
    from delivered
)

select
    order_no,
    if(is_guest, null, customer_no) as customer_no,
    purchase_no,
    country,
    ordered_on,
    ordered_at,
    sales_channel,
    device_type,
    status,
    order_amount,
    case
        when status = 'refunded' and refund_draw < 0.5 then order_amount
        when status = 'refunded' and refund_draw < 0.77
            or status = 'fulfilled' and refund_draw < 0.02
            then cast(order_amount * (0.1 + 0.7 * uniform('part', order_no)) as decimal(18, 2))
        when status = 'refunded' and refund_draw < 0.9 then null
        when status = 'fulfilled' and refund_draw < 0.024 then order_amount
        when status = 'refunded' or refund_draw < 0.5 then 0
    end as refunded_amount,
    case
        when is_campaign then cast(order_amount * 0.15 / 0.85 as decimal(18, 2)) else 0
    end as discount_amount,
    case
        when is_in_store or order_amount > 500 then 0
        else cast(if(country = 'FI', 4.90, 49) as decimal(18, 2))
    end as shipping_amount,
    promised_on,
    shipped_at,
    delivered_at,
    coalesce(is_late and delivered_at is not null, false) as is_late,
    greatest(0, late_days) as late_days,
    case_opened_at,
    case
        when uniform('never closed', order_no) > 0.015
            then if_happened(after_days(case_opened_at, 0.02 + handling_days))
    end as case_closed_at,
    case_opened_at is not null and handling_days > 3 as is_case_slow,
    progress
from contacted;
