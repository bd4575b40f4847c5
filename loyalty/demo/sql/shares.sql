-- Those who share, share again: an order may lead to one share now and one next month.
create view share_rows as
with

advocates as (
    select
        *,
        unnest(range(2)) as occasion
    from purchases
    where customer_no is not null and status in ('paid', 'fulfilled')
),

shared as (
    select
        *,
        order_no * 2 + occasion as share_no,
        after_days(
            coalesce(delivered_at, ordered_at),
            1 + (30 * occasion + 8) * exponential('share lag', order_no * 2 + occasion)
        ) as shared_at
    from advocates
    where
        uniform('shares', order_no * 2 + occasion)
        < if(uniform('advocate', customer_no) < 0.35, 0.33, 0.04) * if(late_days > 0, 0.4, 1)
)

select
    share_no,
    'D' || lpad(cast(share_no as varchar), 10, '0') as share_id,
    customer_key(customer_no) as customer_id,
    as_wall_time(shared_at) as shared_at,
    case
        when uniform('share kind', share_no) < 0.48 then 'share'
        when uniform('share kind', share_no) < 0.76 then 'review'
        when uniform('share kind', share_no) < 0.985 then 'referral'
    end as share_kind,
    pick(['sms', 'e-post', 'länk', 'sociala medier', null], uniform('platform', share_no)) as platform,
    'P' || lpad(cast(cast(floor(900 * pow(uniform('product', order_no * 8 + 1), 2)) as bigint) as varchar), 4, '0')
        as product_id
from shared
where shared_at < getvariable('end_at');

create view file_shares as
select * exclude (share_no) from share_rows
order by share_no;
