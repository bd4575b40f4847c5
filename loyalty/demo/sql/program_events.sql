-- grain: one row per membership and month in which it is active: one offer is sent.
-- The programme is news for half a year; then fewer and fewer open what they get.
create table offers as
with

active as (
    select
        membership_no,
        activated_at,
        coalesce(cancelled_at, getvariable('end_at')) as active_until,
        -- some read everything, some nothing
        0.15 + 0.85 * uniform('eagerness', membership_no) as eagerness
    from memberships
    where activated_at is not null
),

months as (
    select
        *,
        unnest(range(cast(ceil(epoch(active_until - activated_at) / 86400 / 30) as bigint))) as month_no
    from active
),

sent as (
    select
        *,
        membership_no * 400 + month_no as offer_no,
        after_days(activated_at, month_no * 30 + 0.1 + uniform('send', membership_no * 400 + month_no))
            as sent_at,
        epoch(sent_at - getvariable('launch_at')) / 86400 as days_since_launch,
        1 - 0.62 * least(1, greatest(0, (days_since_launch - 180) / 240)) as novelty
    from months
)

select
    membership_no,
    offer_no,
    sent_at,
    active_until,
    'erbjudande-' || strftime(sent_at, '%Y-%m') as offer_id,
    uniform('opens', offer_no) / (0.64 * eagerness * novelty) as resistance,
    -- sent, opened, clicked, redeemed
    1 + if(resistance < 1, 1, 0) + if(resistance < 0.45, 1, 0) + if(resistance < 0.18, 1, 0) as steps,
    uniform('challenge', offer_no) < 0.07 * eagerness * novelty as is_challenge_met,
    month_no > 0 and month_no % 12 = 0 as has_points_expiring,
    sprinkle(offer_no, 601) as has_adjustment
from sent
where sent_at < active_until
order by offer_no;

-- grain: one row per purchase that an active member made
create table member_purchases as
select
    purchases.order_no,
    memberships.membership_no,
    purchases.ordered_at,
    cast(floor(purchases.order_amount / if(purchases.country = 'FI', 1, 10)) as bigint) as points,
    uniform('pays with points', purchases.order_no) < 0.05 as is_paid_with_points
from purchases
inner join memberships on purchases.customer_no = memberships.customer_no
where
    purchases.ordered_at >= memberships.activated_at
    and (memberships.cancelled_at is null or purchases.ordered_at < memberships.cancelled_at)
    and purchases.status in ('paid', 'fulfilled', 'refunded')
order by purchases.order_no, memberships.membership_no;

create view program_event_rows as
with

offer_steps as (
    select *, unnest(range(steps)) as step
    from offers
),

-- (part, cause_no, step) is unique: the order of the file
happenings as (
    select
        0 as part,
        offer_no as cause_no,
        step,
        'O' || offer_no || '-' || step as event_id,
        membership_no,
        after_days(sent_at, 1.5 * step * uniform('offer step', offer_no)) as occurred_at,
        ['offer_sent', 'offer_opened', 'offer_clicked', 'offer_redeemed'][step + 1] as event_type,
        offer_id,
        null as points,
        null as order_no,
        active_until as latest_at
    from offer_steps
    union all
    select
        1,
        offer_no,
        0,
        'U' || offer_no,
        membership_no,
        after_days(sent_at, 20 * uniform('challenge day', offer_no)),
        'challenge_completed',
        null,
        50,
        null,
        active_until
    from offers
    where is_challenge_met
    union all
    select
        2,
        offer_no,
        0,
        'X' || offer_no,
        membership_no,
        after_days(sent_at, 1),
        'points_expired',
        null,
        -cast(10 + floor(90 * uniform('expired points', offer_no)) as bigint),
        null,
        active_until
    from offers
    where has_points_expiring
    union all
    select
        3,
        offer_no,
        0,
        'J' || offer_no,
        membership_no,
        after_days(sent_at, 2),
        'points_adjusted',
        null,
        cast(floor(200 * uniform('adjustment', offer_no)) as bigint) - 100,
        null,
        active_until
    from offers
    where has_adjustment
    union all
    select
        4,
        order_no,
        membership_no % 10,
        'T' || order_no || '-' || membership_no % 10,
        membership_no,
        ordered_at + interval 5 minute,
        'points_earned',
        null,
        points,
        order_no,
        getvariable('end_at')
    from member_purchases
    union all
    select
        5,
        order_no,
        membership_no % 10,
        'R' || order_no || '-' || membership_no % 10,
        membership_no,
        ordered_at,
        'points_redeemed',
        null,
        -cast(100 + 100 * floor(4 * uniform('redeemed points', order_no)) as bigint),
        order_no,
        getvariable('end_at')
    from member_purchases
    where is_paid_with_points
)

select
    part,
    cause_no,
    step,
    event_id,
    membership_key(membership_no) as membership_id,
    as_zulu(occurred_at) as occurred_at,
    event_type,
    offer_id,
    if(
        event_type = 'points_earned' and sprinkle(order_no, 1487), 'tio', cast(points as varchar)
    ) as points,
    order_key(order_no) as order_id
from happenings
where occurred_at < latest_at;

create view file_program_events as
select * exclude (copy, part, cause_no, step)
from (
    select 0 as copy, * from program_event_rows
    union all
    select 1 as copy, * from program_event_rows where sprinkle(cause_no, 1999)
)
order by copy, part, cause_no, step;
