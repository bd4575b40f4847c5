-- grain: one row per membership; a re-join is a membership of its own
create table memberships as
with

candidates as (
    select
        customer_no,
        pace,
        -- the old customers come over in the first months after the launch
        greatest(
            local_to_utc(first_day) + interval 14 hour,
            after_days(getvariable('launch_at'), 8 / 24 + 60 * exponential('enrol lag', customer_no))
        ) as reached_at
    from persons
    where
        not is_guest
        and purchase_count > 0
        and uniform('enrols', customer_no) < least(0.9, 0.42 + 14 * pace)
),

enrolled as (
    select
        customer_no * 10 as membership_no,
        customer_no,
        pace,
        after_days(reached_at, uniform('enrol moment', customer_no) * 0.4) as enrolled_at
    from candidates
),

lived as (
    select
        *,
        -- one in six never verifies the address; they are enrolled, not active
        case
            when uniform('activates', customer_no) < 0.84
                then after_days(enrolled_at, 0.002 + 3 * pow(exponential('activation', customer_no), 2))
        end as activation,
        case
            when uniform('cancels', customer_no) < 0.17
                then after_days(enrolled_at, 20 + 300 * exponential('cancellation', customer_no))
        end as cancellation
    from enrolled
),

came_back as (
    select
        membership_no + 1 as membership_no,
        customer_no,
        pace,
        after_days(cancellation, 15 + 60 * exponential('re-join', customer_no)) as back_at
    from lived
    where uniform('re-joins', customer_no) < 0.35 and cancellation is not null
),

rejoined as (
    select
        membership_no,
        customer_no,
        pace,
        back_at as enrolled_at,
        back_at + interval 20 minute as activation,
        cast(null as timestamp) as cancellation
    from came_back
),

all_memberships as (
    select * from lived
    union all by name
    select * from rejoined
)

select
    membership_no,
    customer_no,
    pace,
    enrolled_at,
    if_happened(activation) as activated_at,
    if_happened(cancellation) as cancelled_at
from all_memberships
where enrolled_at < getvariable('end_at')
order by membership_no;

create view file_memberships as
select
    membership_key(membership_no) as membership_id,
    customer_key(customer_no) as customer_id,
    as_wall_time(enrolled_at) as enrolled_at,
    as_wall_time(activated_at) as activated_at,
    as_wall_time(cancelled_at) as cancelled_at,
    as_wall_time(greatest(enrolled_at, activated_at, cancelled_at)) as updated_at
from memberships
order by membership_no;

-- The fast buyers climb; some fall back a year after.
create view file_membership_tiers as
with

steps as (
    select membership_no, 1 as step, 'bronze' as tier, enrolled_at as valid_from
    from memberships
    union all
    select membership_no, 2, 'silver', after_days(enrolled_at, 30 + 1.2 / (pace + 0.002))
    from memberships
    union all
    select membership_no, 3, 'gold', after_days(enrolled_at, 60 + 5 / (pace + 0.002))
    from memberships
    where pace > 0.012
    union all
    select membership_no, 4, 'silver', after_days(enrolled_at, 425 + 5 / (pace + 0.002))
    from memberships
    where pace > 0.012 and uniform('falls back', membership_no) < 0.3
)

select
    membership_key(steps.membership_no) as membership_id,
    as_wall_time(steps.valid_from) as valid_from,
    steps.tier
from steps
inner join memberships on steps.membership_no = memberships.membership_no
where
    steps.valid_from < getvariable('end_at')
    and (memberships.cancelled_at is null or steps.valid_from < memberships.cancelled_at)
order by steps.membership_no, steps.step;
