-- Stocks: what changes on a day. A stock is what began with a customer's first day less the gaps
-- after it, so that only first days and gaps are looked at, with a sign.
create temp macro base_stretches(length) as table
select person, country_code, day as from_date, 'infinity'::date as to_date, 1 as sign
from occasions
where is_first
union all
select person, country_code, day + length, coalesce(next_day, 'infinity'::date), -1
from occasions
where next_day is null or next_day > day + length;

-- Days on which no order of a customer qualified: when a better one came before, and when one as
-- good came after.
create temp table other_days as
with doubtful as (
    from order_days
    where person in (select person from order_days where rank > 0)
)

select
    day,
    rank,
    case rank
        when 1 then last_value(case when rank < 1 then day end ignore nulls) over before
        when 2 then last_value(case when rank < 2 then day end ignore nulls) over before
        when 3 then last_value(case when rank < 3 then day end ignore nulls) over before
        when 4 then last_value(case when rank < 4 then day end ignore nulls) over before
    end as better_day,
    case rank
        when 1 then first_value(case when rank <= 1 then day end ignore nulls) over after
        when 2 then first_value(case when rank <= 2 then day end ignore nulls) over after
        when 3 then first_value(case when rank <= 3 then day end ignore nulls) over after
        when 4 then first_value(case when rank <= 4 then day end ignore nulls) over after
    end as next_day
from doubtful
window
    before as (
        partition by person order by day rows between unbounded preceding and 1 preceding
    ),
    after as (
        partition by person order by day rows between 1 following and unbounded following
    )
qualify rank > 0;

-- Stretches of orders that do not count: by reason, with how many.
create temp macro left_out(delay, length) as table
select
    greatest(day, better_day + length) + delay as from_date,
    least(day + length, next_day) + delay as to_date,
    reason_of(rank) as reason,
    1 as n
from other_days
where greatest(day, better_day + length) < least(day + length, next_day)
union all
select
    ordered_date + delay,
    ordered_date + delay + length,
    case when is_test then 'test_account' else 'guest' end,
    count(*)
from core.fct_orders
where person is null
group by all;

-- Both ends of stretches, by day; those that lie after the night's date have not come.
create temp macro changes(tab, id, dimensions, segments) as table
with ends as (
    select
        grain,
        unnest([from_date, to_date]) as day,
        reason,
        unnest([n, -n]) as n,
        unnest([total, -total]) as total,
        dimensions as cut_dimensions,
        segments as cut_segments
    from query_table(tab)
),

days as (
    select
        grain,
        day,
        reason,
        cut_dimensions,
        cut_segments,
        sum(n) as n,
        sum(total) as total
    from ends
    where day <= getvariable('as_of')
    group by all
),

cut as (
    select
        grain,
        day,
        reason,
        n,
        total,
        unnest(case when reason is null then cut_dimensions else ['all'] end) as dimension,
        unnest(case when reason is null then cut_segments else ['all'] end) as segment
    from days
)

select id, grain, day, dimension, segment, reason, sum(n)::bigint, sum(total), sum(total)
from cut
group by all;

create temp macro in_base(length) as table
select from_date, to_date, null as reason, country_code, sign as n, 0 as total
from base_stretches(length)
union all
select from_date, to_date, reason, null, n, 0
from left_out(0, length);

create temp view churn_stretches as
select
    null::varchar as grain,
    *
from (
    select
        from_date + getvariable('churn_days') as from_date,
        to_date + getvariable('churn_days') as to_date,
        null as reason,
        country_code,
        sign as n,
        0 as total
    from base_stretches(getvariable('churn_days'))
    union all
    select
        day + getvariable('churn_days'),
        least(day + 2 * getvariable('churn_days'), next_day),
        null,
        country_code,
        0,
        1
    from occasions
    where next_day is null or next_day > day + getvariable('churn_days')
    union all
    select from_date, to_date, reason, null, n, 0
    from left_out(getvariable('churn_days'), getvariable('churn_days'))
);

insert into segment_days
from changes(
    'churn_stretches',
    'churn_rate',
    ['all', 'source_id', 'country_code'],
    ['all', 'canonical', country_code]
);

create temp view activation_stretches as
select
    null::varchar as grain,
    *
from (
    from in_base(base_window_days('program_activation_rate'))
    union all
    select
        greatest(base.from_date, status.from_date),
        least(base.to_date, status.to_date),
        null,
        country_code,
        0,
        sign
    from base_stretches(base_window_days('program_activation_rate')) as base
    inner join status
        on
            base.person = status.person
            and base.from_date < status.to_date
            and status.from_date < base.to_date
);

insert into segment_days
from changes(
    'activation_stretches',
    'program_activation_rate',
    ['all', 'source_id', 'country_code'],
    ['all', 'canonical', country_code]
);

create temp view recommendation_stretches as
with days as (
    select distinct person, shared_date
    from core.fct_shares
    where is_recommendation and not is_test
),

shares as (
    select
        person,
        shared_date as from_date,
        least(
            shared_date + window_days('recommendation_rate'),
            lead(shared_date) over (partition by person order by shared_date)
        ) as to_date
    from days
)

select
    null::varchar as grain,
    *
from (
    from in_base(base_window_days('recommendation_rate'))
    union all
    select
        greatest(base.from_date, shares.from_date),
        least(base.to_date, shares.to_date),
        null,
        country_code,
        0,
        sign
    from base_stretches(base_window_days('recommendation_rate')) as base
    inner join shares
        on
            base.person = shares.person
            and base.from_date < shares.to_date
            and shares.from_date < base.to_date
);

insert into segment_days
from changes(
    'recommendation_stretches',
    'recommendation_rate',
    ['all', 'source_id', 'country_code'],
    ['all', 'canonical', country_code]
);

-- Members who joined a window ago, and when they were engaged: from the first event, less the gaps.
create temp table engagement_stretches as
with members as (
    select
        * exclude (from_date, to_date),
        greatest(from_date, enrolled_date + window_days('program_engagement_rate')) as from_date,
        least(to_date, getvariable('as_of') + 1) as to_date
    from membership_stretches
),

days as (
    select distinct member, occurred_date as day
    from core.fct_program_events
    where is_engagement and member is not null
),

neighbours as (
    select
        member,
        day,
        lag(day) over by_day is null as is_first,
        lead(day) over by_day as next_day
    from days
    window by_day as (partition by member order by day)
),

engaged as (
    select member, day as from_date, 'infinity'::date as to_date, 1 as sign
    from neighbours
    where is_first
    union all
    select
        member,
        day + window_days('program_engagement_rate'),
        coalesce(next_day, 'infinity'::date),
        -1
    from neighbours
    where next_day is null or next_day > day + window_days('program_engagement_rate')
)

select
    enrolled_date,
    country_code,
    tier,
    case when is_test then 'test_account' end as reason,
    from_date,
    to_date,
    1 as n,
    0 as total
from members
where from_date < to_date
union all
select
    enrolled_date,
    country_code,
    tier,
    null,
    greatest(members.from_date, engaged.from_date) as stretch_from,
    least(members.to_date, engaged.to_date) as stretch_to,
    0,
    sign
from members
inner join engaged using (member)
where not is_test and stretch_from < stretch_to;

create temp view engagement_by_day as
select
    null::varchar as grain,
    *
from engagement_stretches;

insert into segment_days
from changes(
    'engagement_by_day',
    'program_engagement_rate',
    ['all', 'source_id', 'tier', 'country_code'],
    ['all', 'canonical', tier, country_code]
);

-- Months since joining alone change by themselves, so only they are cut at their ends.
create temp macro months_since(enrolled, day) as
    datediff('month', enrolled, day)
    - (enrolled + to_months(datediff('month', enrolled, day)::integer) > day)::integer;

create temp view engagement_by_month as
with months as (
    select
        *,
        unnest(range(
            months_since(enrolled_date, from_date),
            months_since(enrolled_date, to_date - 1) + 1
        )) as month
    from engagement_stretches
    where reason is null
)

select
    null::varchar as grain,
    null::varchar as reason,
    month,
    greatest(from_date, (enrolled_date + to_months(month::integer))::date) as from_date,
    least(to_date, (enrolled_date + to_months(month::integer + 1))::date) as to_date,
    n,
    total
from months;

insert into segment_days
from changes(
    'engagement_by_month',
    'program_engagement_rate',
    ['months_since_joining'],
    [month::varchar]
);

-- Who was active the day before a period, and was lost in it.
create temp view membership_churn_stretches as
with memberships as (
    select
        country_code,
        activated_date,
        cancelled_date,
        is_test,
        count(*) as n
    from core.fct_memberships
    where activated_date < coalesce(cancelled_date, 'infinity'::date)
    group by all
),

per_grain as (
    select
        *,
        unnest(['week', 'month', 'quarter', 'year']) as grain,
        unnest([to_days(7), to_months(1), to_months(3), to_years(1)]) as length
    from memberships
),

bounded as (
    select
        *,
        case when is_test then 'test_account' end as reason,
        (date_trunc(grain, activated_date) + length)::date as base_from,
        date_trunc(grain, cancelled_date)::date as lost_from,
        coalesce((date_trunc(grain, cancelled_date) + length)::date, 'infinity'::date) as base_to
    from per_grain
)

select grain, reason, country_code, base_from as from_date, base_to as to_date, n, 0 as total
from bounded
where base_from < base_to
union all
select grain, reason, country_code, lost_from, base_to, 0, n
from bounded
where lost_from >= base_from and not is_test;

insert into segment_days
from changes(
    'membership_churn_stretches',
    'membership_churn_rate',
    ['all', 'source_id', 'country_code'],
    ['all', 'canonical', country_code]
);
