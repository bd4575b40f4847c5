-- Orders as they land. Web and app write UTC, the stores' tills local wall time, the
-- telephone desk local time with its offset.
create view order_rows as
select
    order_no,
    order_key(order_no) as order_id,
    customer_key(customer_no) as customer_id,
    case
        when sprinkle(order_no, 1499) then pick(['2025-02-30T10:00:00', 'i går'], uniform('bad', order_no))
        when sales_channel = 'store' then as_wall_time(ordered_at)
        when sales_channel = 'phone' then as_offset(ordered_at)
        else as_zulu(ordered_at)
    end as ordered_at,
    status,
    sales_channel,
    device_type,
    if(sprinkle(order_no, 1301), null, currency_of(country)) as currency,
    case
        when sprinkle(order_no, 997) then pick(['N/A', 'tolvhundra'], uniform('bad', order_no))
        else cast(order_amount as varchar)
    end as order_amount,
    refunded_amount,
    discount_amount,
    shipping_amount,
    case
        when sales_channel = 'store'
            then pick(['butik-01', 'butik-02', 'butik-03', 'butik-04'], uniform('shop', order_no))
    end as store_id,
    if(sprinkle(order_no, 701), true, if(uniform('no flag', order_no) < 0.1, null, false)) as is_test,
    no_later_than_end(greatest(
        coalesce(delivered_at, ordered_at), after_days(ordered_at, uniform('touched', order_no) * 6)
    )) as changed_at,
    if(sprinkle(order_no, 499), null, as_zulu(changed_at)) as updated_at
from purchases;

-- Orders that show how a day is cut: around midnight, at the turn of a year and in the
-- hours that summer time skips and doubles. `ordered_at` stands as a till might write it.
create table clock_orders as
with

years as (
    select unnest(range(year(getvariable('start_date')), year(getvariable('end_date')) + 1)) as year
),

clock_days as (
    select
        make_date(year, 12, 31) as new_years_eve,
        last_day(make_date(year, 3, 1)) as march,
        march - cast(isodow(march) % 7 as integer) as spring,
        last_day(make_date(year, 10, 1)) as october,
        october - cast(isodow(october) % 7 as integer) as autumn
    from years
),

moments as (
    select unnest([
        {'day': new_years_eve, 'ordered_at': new_years_eve || ' 23:59:59'},
        {'day': new_years_eve + 1, 'ordered_at': (new_years_eve + 1) || ' 00:00:00'},
        -- still the old year in UTC, the new one in Stockholm
        {'day': new_years_eve + 1, 'ordered_at': new_years_eve || 'T23:30:00Z'},
        {'day': new_years_eve + 1, 'ordered_at': cast(new_years_eve + 1 as varchar)},
        -- skipped hour
        {'day': spring, 'ordered_at': spring || ' 02:30:00'},
        {'day': spring, 'ordered_at': spring || 'T00:59:59Z'},
        {'day': spring, 'ordered_at': spring || 'T03:00:00+02:00'},
        -- doubled hour: without an offset, its first pass, its second
        {'day': autumn, 'ordered_at': autumn || ' 02:30:00'},
        {'day': autumn, 'ordered_at': autumn || 'T02:30:00+02:00'},
        {'day': autumn, 'ordered_at': autumn || 'T02:30:00+01:00'}
    ], recursive := true)
    from clock_days
)

select
    row_number() over (order by day, ordered_at) as clock_no,
    day,
    ordered_at
from moments
where day between getvariable('start_date') and getvariable('end_date');

create view file_orders as
select * exclude (part, order_no, changed_at)
from (
    select 0 as part, * from order_rows
    union all
    select 1 as part, * from order_rows where sprinkle(order_no, 1999)
    union all by name
    select
        2 as part,
        clock_no as order_no,
        'AK' || lpad(cast(clock_no as varchar), 8, '0') as order_id,
        customer_key(1 + clock_no % getvariable('customers')) as customer_id,
        ordered_at,
        'fulfilled' as status,
        'web' as sales_channel,
        'desktop' as device_type,
        'SEK' as currency,
        '199.00' as order_amount,
        null as updated_at
    from clock_orders
)
order by part, order_no;

-- What a second export says of some of them: the next status, an old one that came late,
-- half of the unreadable amounts put right. Other order of columns.
create view file_orders_redelivered as
with

redelivered as (
    select
        order_rows.* exclude (status, order_amount, refunded_amount, updated_at),
        purchases.status as old_status,
        purchases.order_amount as amount,
        order_rows.refunded_amount as old_refunded_amount,
        sprinkle(purchases.order_no, 1009) as is_stale,
        purchases.order_no % 1994 = 498 as is_repaired
    from order_rows
    inner join purchases on order_rows.order_no = purchases.order_no
    where
        sprinkle(purchases.order_no, 127)
        or sprinkle(purchases.order_no, 1009)
        -- every other one of the unreadable amounts
        or purchases.order_no % 1994 = 498
)

select
    order_id,
    case
        when is_stale then as_zulu(changed_at - interval 30 day)
        else as_zulu(no_later_than_end(changed_at + interval 5 day))
    end as updated_at,
    case
        when is_stale then 'pending'
        when is_repaired then old_status
        when old_status in ('pending', 'on_hold') then 'paid'
        when old_status = 'paid' then 'fulfilled'
        when old_status = 'fulfilled' and order_no % 3 = 0 then 'refunded'
        else old_status
    end as status,
    cast(amount as varchar) as order_amount,
    case
        when not is_stale and old_status = 'fulfilled' and order_no % 3 = 0 and not is_repaired
            then amount
        else old_refunded_amount
    end as refunded_amount,
    customer_id,
    ordered_at,
    sales_channel,
    device_type,
    currency,
    discount_amount,
    shipping_amount,
    store_id,
    is_test
from redelivered
order by order_no;
