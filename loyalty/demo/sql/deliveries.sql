-- One parcel an order, sometimes two; store purchases have none. `warehouse_code` is a
-- column that the contract does not know: it is kept out and reported.
create view delivery_rows as
with

parcels as (
    select
        *,
        unnest(range(if(uniform('two parcels', order_no) < 0.03, 2, 1))) as parcel
    from purchases
    where shipped_at is not null
)

select
    order_no * 2 + parcel as delivery_no,
    'L' || lpad(cast(delivery_no as varchar), 10, '0') as delivery_id,
    order_key(order_no) as order_id,
    pick(['Nordpaket', 'Nordpaket', 'Fjällfrakt', 'Budbilen', 'Ombudet'], uniform('carrier', order_no))
        as carrier,
    -- a promise is a day, not an hour
    if(uniform('no promise', order_no) < 0.015, null, cast(promised_on as varchar)) as promised_at,
    as_wall_time(shipped_at) as shipped_at,
    case
        when sprinkle(delivery_no, 1993) then pick(['31/02/2025', 'hos granne'], uniform('bad', delivery_no))
        when carrier = 'Budbilen' then as_offset(delivered_at)
        else as_zulu(delivered_at)
    end as delivered_at,
    as_zulu(coalesce(delivered_at, shipped_at)) as updated_at,
    pick(['BOR', 'JKP', 'ÖRE'], uniform('warehouse', order_no)) as warehouse_code
from parcels;

create view file_deliveries as
select * exclude (part, delivery_no)
from (
    select 0 as part, * from delivery_rows
    union all
    select 1 as part, * from delivery_rows where sprinkle(delivery_no, 1487)
)
order by part, delivery_no;
