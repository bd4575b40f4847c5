-- grain: one row per person who may buy: described customers, then customers whom no
-- customers row describes, then guests, who buy once and are forgotten.
-- Buying follows the pattern that is known from such shops: everyone has a pace of his or
-- her own (most slow, a few fast) and one day stays away for good.
create table persons as
with

drawn as (
    select
        range as customer_no,
        customer_no > getvariable('known_customers') as is_guest,
        customer_no > getvariable('customers') and not is_guest as is_undescribed,
        not is_guest and sprinkle(customer_no, 499) as is_test,
        not is_guest and sprinkle(customer_no, 293) as is_employee,
        -- one in five was a customer before the first day; they turn up within weeks
        case
            when customer_no = 1 then 0
            when uniform('old customer', customer_no) < 0.2
                then 0.15 * pow(uniform('arrival', customer_no), 2)
            else pow(uniform('arrival', customer_no), 0.95)
        end * getvariable('days') * 0.9999 as arrival,
        -- purchases per day: half of all customers under one in a year, a few one a week
        0.0002 + 0.0039 * pow(exponential('pace', customer_no), 2.3) as pace,
        -- days until they stay away; the fast ones stay longer
        exponential('lifetime', customer_no) * (330 + 1100 * least(1, pace / 0.012)) as lifetime
    from range(1, getvariable('persons') + 1)
),

first_purchases as (
    select
        drawn.*,
        day_slots.day as first_day,
        is_purchase_late(drawn.customer_no * 1000, day_slots.day) as is_first_late
    from drawn
    inner join day_slots on cast(floor(drawn.arrival * 32) as bigint) = day_slots.slot
),

spans as (
    select
        *,
        -- a first parcel that came late costs more than half of the time to come
        least(
            getvariable('days') * 0.9999 - arrival,
            lifetime * case when is_first_late then 0.45 else 1 end
        ) as span
    from first_purchases
)

select
    customer_no,
    is_guest,
    is_undescribed,
    is_test,
    is_employee,
    arrival,
    pace,
    span,
    first_day,
    case
        when is_guest or is_undescribed then 1
        when customer_no > 1 and uniform('only looks', customer_no) < 0.05 then 0
        else 1 + least(180, cast(floor(pace * span + uniform('rounding', customer_no)) as bigint))
    end as purchase_count
from spans
order by customer_no;
