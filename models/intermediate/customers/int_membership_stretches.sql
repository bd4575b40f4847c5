-- grain: one row per membership and stretch of days in which it is active in one tier
-- Half-open: active from the first day up to, not on, the second; an open end is null.
with

memberships as (
    select * from {{ ref('fct_memberships') }}
    where
        activated_date is not null
        and (cancelled_date is null or cancelled_date > activated_date)
),

-- of several tiers that start on one day the last stands
tier_days as (
    select
        tiers.membership_id,
        tiers.valid_from_date,
        {{ value_at_highest('tiers.tier', 'tiers.valid_from_at') }} as tier
    from {{ ref('int_membership_tiers') }} as tiers
    cross join {{ ref('int_night') }} as night
    where {{ has_happened('tiers.valid_from_date') }}
    group by tiers.membership_id, tiers.valid_from_date
),

tier_stretches as (
    select
        membership_id,
        tier,
        valid_from_date,
        lead(valid_from_date) over (
            partition by membership_id order by valid_from_date
        ) as valid_to_date
    from tier_days
),

-- the days before a first tier, or all of them, have no tier
untiered_stretches as (
    select
        memberships.membership_id,
        cast(null as {{ dbt.type_string() }}) as tier,
        memberships.activated_date as valid_from_date,
        min(tier_days.valid_from_date) as valid_to_date
    from memberships
    left join tier_days on memberships.membership_id = tier_days.membership_id
    group by memberships.membership_id, memberships.activated_date
),

all_stretches as (
    select * from tier_stretches
    union all
    select * from untiered_stretches
),

active_stretches as (
    select
        memberships.membership_id,
        memberships.customer_id,
        memberships.activated_at,
        all_stretches.tier,
        greatest(all_stretches.valid_from_date, memberships.activated_date) as valid_from_date,
        {{ earliest_date('all_stretches.valid_to_date', 'memberships.cancelled_date') }}
            as valid_to_date
    from memberships
    inner join all_stretches on memberships.membership_id = all_stretches.membership_id
)

select
    membership_id,
    customer_id,
    activated_at,
    coalesce(tier, 'unknown') as tier,
    valid_from_date,
    valid_to_date
from active_stretches
where valid_to_date is null or valid_from_date < valid_to_date
