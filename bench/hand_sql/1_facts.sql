-- The facts of core from the raw tables, which are attached as `input`; `person` is a customer's
-- key as a number of 128 bits, dropped again at the end.
create schema core;
create schema indicators;
create temp macro unknown(x) as coalesce(x, 'unknown');
create temp macro prefixed(x) as 'canonical:' || x;

set variable as_of = (select as_of_date from input.control.night);
set variable has_memberships =
    (select count(*) > 0 from input.control.landed_entities where entity = 'memberships');
-- The microsecond at which each local day begins, by days since 1970: two look-ups instead of
-- calendar arithmetic for every timestamp.
create temp table calendar as
    select list(epoch_us(timezone('UTC', timezone(
        getvariable('zone'), (date '1970-01-01' + day::integer)::timestamp
    ))) order by day) as midnights
    from range(1, 47482) as days (day);
create temp macro midnight(day_number) as (select midnights from calendar)[day_number];
create temp macro local_date(moment) as
    moment::date
    + (epoch_us(moment) >= midnight(epoch_us(moment) // 86400000000 + 1))::integer
    - (epoch_us(moment) < midnight(epoch_us(moment) // 86400000000))::integer;
set variable cutoff = timezone('UTC', timezone(
    getvariable('zone'), (getvariable('as_of')::date + 1)::timestamp
));
create temp macro is_over(moment) as coalesce(moment < getvariable('cutoff'), false);

create temp macro window_days(id) as (
    select window_days from input.seeds.indicators where indicator_id = id
);
create temp macro base_window_days(id) as (
    select base_window_days from input.seeds.indicators where indicator_id = id
);
create temp macro reason_of(rank) as
    (['test_account', 'cancelled', 'not_paid', 'refunded_in_full'])[rank];

create temp table persons as
select
    customer_id_hash as customer_id,
    customer_id_hash::uuid as person,
    unknown(country_code) as country_code,
    coalesce(is_test, false) or coalesce(is_employee, false) as is_test,
    coalesce(marketing_consent, false) as has_marketing_consent,
    coalesce(survey_consent, false) as has_survey_consent,
    registered_at
from input.raw_canonical.customers;

create table core.fct_memberships as
with known as (
    select
        *,
        customer_id_hash::uuid as person,
        is_over(activated_at) as is_activated,
        is_over(cancelled_at) as is_cancelled
    from input.raw_canonical.memberships
    where enrolled_at < getvariable('cutoff')
)

select
    prefixed(membership_id) as membership_id,
    'canonical' as source_id,
    customer_id_hash as customer_id,
    coalesce(persons.is_test, false) as is_test,
    is_activated and not is_cancelled as is_active,
    enrolled_at,
    local_date(enrolled_at) as enrolled_date,
    case when is_activated then activated_at end as activated_at,
    local_date(case when is_activated then activated_at end) as activated_date,
    case when is_cancelled then cancelled_at end as cancelled_at,
    local_date(case when is_cancelled then cancelled_at end) as cancelled_date,
    known.person,
    unknown(persons.country_code) as country_code
from known
left join persons on known.person = persons.person;

create temp table tier_stretches as
with days as (
    select
        prefixed(membership_id) as membership_id,
        local_date(valid_from) as from_date,
        max_by(tier, valid_from) as tier
    from input.raw_canonical.membership_tiers
    where valid_from < getvariable('cutoff')
    group by all
)

select
    *,
    lead(from_date, 1, 'infinity'::date) over (
        partition by membership_id order by from_date
    ) as to_date
from days;

-- Active, by tier; up to, not on, to_date, which is infinity where there is no end.
create temp table membership_stretches as
with active as (
    select
        *,
        rowid as member,
        coalesce(cancelled_date, 'infinity'::date) as end_date
    from core.fct_memberships
    where activated_date < coalesce(cancelled_date, 'infinity'::date)
),

tiers as (
    from tier_stretches
    union all
    select
        membership_id,
        '-infinity'::date,
        'unknown',
        coalesce(min(from_date), 'infinity'::date)
    from active left join tier_stretches using (membership_id)
    group by membership_id
)

select
    active.member,
    membership_id,
    person,
    active.is_test,
    country_code,
    activated_at,
    enrolled_date,
    tier,
    greatest(from_date, activated_date) as from_date,
    least(to_date, end_date) as to_date
from active
inner join tiers using (membership_id)
where greatest(from_date, activated_date) < least(to_date, end_date);

-- The same by person, where of two memberships on one day the one activated last stands. Few have
-- two, and only these are cut at each other's ends.
create temp table status as
with counted as (
    select
        *,
        count(distinct membership_id) over (partition by person) > 1 as is_several
    from membership_stretches
),

several as (from counted where is_several),

bounds as (
    select person, from_date as day from several
    union
    select person, to_date from several
),

pieces as (
    select
        person,
        day as from_date,
        lead(day) over (partition by person order by day) as to_date
    from bounds
)

select person, tier, from_date, to_date from counted where not is_several
union all
select
    person,
    arg_max(tier, (activated_at, membership_id)),
    pieces.from_date,
    pieces.to_date
from pieces
inner join several using (person)
where pieces.from_date >= several.from_date and pieces.from_date < several.to_date
group by person, pieces.from_date, pieces.to_date;

create temp macro member_status(of_person, status_person) as case
    when of_person is null or not getvariable('has_memberships') then 'unknown'
    when status_person is null then 'not_member'
    else 'member'
end;

create table core.fct_orders as
with known as (
    select
        *,
        customer_id_hash::uuid as person,
        local_date(ordered_at) as ordered_date,
        case
            when status = 'cancelled' then 'cancelled'
            when status not in ('paid', 'fulfilled', 'refunded') then 'not_paid'
            when
                (refunded_amount > 0 and refunded_amount >= order_amount)
                or (status = 'refunded' and coalesce(refunded_amount >= order_amount, true))
                then 'refunded_in_full'
        end as reason
    from input.raw_canonical.orders
    where ordered_at < getvariable('cutoff')
),

described as (
    select
        known.*,
        persons.person as described_person,
        persons.country_code,
        coalesce(known.is_test, false) or coalesce(persons.is_test, false) as is_tested,
        status.person as status_person,
        status.tier
    from known
    left join persons on known.person = persons.person
    left join status
        on
            known.person = status.person
            and known.ordered_date >= status.from_date
            and known.ordered_date < status.to_date
)

select
    prefixed(order_id) as order_id,
    'canonical' as source_id,
    customer_id_hash as customer_id,
    person is null as is_guest,
    described_person is not null as is_customer_described,
    is_tested as is_test,
    reason is null and not is_tested as is_qualifying,
    case when is_tested then 'test_account' else reason end as exclusion_reason,
    status as order_status,
    unknown(sales_channel) as sales_channel,
    unknown(device_type) as device_type,
    unknown(country_code) as country_code,
    member_status(person, status_person) as member_status,
    unknown(tier) as tier,
    store_id,
    currency as currency_code,
    order_amount,
    refunded_amount,
    discount_amount,
    shipping_amount,
    ordered_at,
    ordered_date,
    person
from described;

create table core.fct_deliveries as
with known as (
    select
        *,
        is_over(shipped_at) as is_shipped,
        is_over(delivered_at) as is_delivered,
        local_date(promised_at) as promised_date,
        local_date(case when is_over(delivered_at) then delivered_at end) as delivered_date,
        prefixed(order_id) as prefixed_order_id
    from input.raw_canonical.deliveries
    where order_id not in (
        select order_id from input.raw_canonical.orders
        where ordered_at >= getvariable('cutoff')
    )
),

timed as (
    select
        *,
        (delivered_date - promised_date)::integer as days_late
    from known
)

select
    prefixed(delivery_id) as delivery_id,
    'canonical' as source_id,
    prefixed_order_id as order_id,
    orders.customer_id,
    coalesce(orders.is_test, false) as is_test,
    is_delivered,
    days_late <= 0 as is_on_time,
    days_late,
    case
        when days_late is null then 'unknown'
        when days_late <= 0 then 'on_time'
        when days_late <= 2 then '1-2_days_late'
        when days_late <= 7 then '3-7_days_late'
        else 'over_7_days_late'
    end as on_time_band,
    unknown(carrier) as carrier,
    unknown(orders.country_code) as country_code,
    promised_at,
    promised_date,
    case when is_shipped then shipped_at end as shipped_at,
    local_date(case when is_shipped then shipped_at end) as shipped_date,
    case when is_delivered then delivered_at end as delivered_at,
    delivered_date,
    orders.person
from timed
left join core.fct_orders as orders on prefixed_order_id = orders.order_id;

create temp table known_cases as
select
    prefixed(cases.case_id) as case_id,
    cases.customer_id_hash as customer_id,
    cases.customer_id_hash::uuid as person,
    prefixed(cases.order_id) as order_id,
    coalesce(persons.is_test, false) or coalesce(orders.is_test, false) as is_test,
    is_over(cases.closed_at) as is_closed,
    unknown(cases.case_channel) as case_channel,
    unknown(cases.category) as case_category,
    coalesce(cases.reopened_count, 0) as reopened_count,
    cases.opened_at,
    local_date(cases.opened_at) as opened_date,
    case when is_over(cases.closed_at) then cases.closed_at end as closed_at,
    local_date(case when is_over(cases.closed_at) then cases.closed_at end) as closed_date
from input.raw_canonical.support_cases as cases
left join persons on cases.customer_id_hash::uuid = persons.person
left join (select * from core.fct_orders where is_test) as orders
    on prefixed(cases.order_id) = orders.order_id
where cases.opened_at < getvariable('cutoff');

create temp macro is_test_thing(an_order, a_delivery, a_case) as
    coalesce(an_order in (select order_id from core.fct_orders where is_test), false)
    or coalesce(a_delivery in (select delivery_id from core.fct_deliveries where is_test), false)
    or coalesce(a_case in (select case_id from known_cases where is_test), false);

create table core.fct_survey_invitations as
select
    prefixed(invitation_id) as invitation_id,
    'canonical' as source_id,
    customer_id_hash as customer_id,
    prefixed(order_id) as order_id,
    prefixed(delivery_id) as delivery_id,
    prefixed(case_id) as case_id,
    coalesce(persons.is_test, false)
    or is_test_thing(prefixed(order_id), prefixed(delivery_id), prefixed(case_id)) as is_test,
    survey_kind,
    unknown(survey_channel) as survey_channel,
    unknown(delivery_status) as delivery_status,
    sent_at,
    local_date(sent_at) as sent_date,
    customer_id_hash::uuid as person
from input.raw_canonical.survey_invitations as invitations
left join persons on invitations.customer_id_hash::uuid = persons.person
where sent_at < getvariable('cutoff');

create table core.fct_survey_answers as
with known as (
    select
        answers.*,
        local_date(answers.answered_at) as answered_date,
        invitations.invitation_id as known_invitation_id,
        coalesce(answers.customer_id_hash, invitations.customer_id) as known_customer_id,
        coalesce(answers.customer_id_hash::uuid, invitations.person) as person,
        coalesce(answers.survey_channel, invitations.survey_channel, 'unknown') as known_channel,
        coalesce(prefixed(answers.order_id), invitations.order_id) as known_order_id,
        coalesce(prefixed(answers.delivery_id), invitations.delivery_id) as known_delivery_id,
        coalesce(prefixed(answers.case_id), invitations.case_id) as known_case_id,
        coalesce(
            score between scale_min and scale_max and score = floor(score), false
        ) as is_valid,
        local_date(answers.answered_at) between invitations.sent_date
        and invitations.sent_date + window_days('survey_response_rate') as answered_in_time
    from input.raw_canonical.survey_answers as answers
    left join core.fct_survey_invitations as invitations
        on prefixed(answers.invitation_id) = invitations.invitation_id
    where answers.answered_at < getvariable('cutoff')
),

judged as (
    select
        known.*,
        unknown(persons.country_code) as country_code,
        coalesce(persons.is_test, false)
        or is_test_thing(known_order_id, known_delivery_id, known_case_id) as is_test,
        member_status(known.person, status.person) as member_status,
        unknown(status.tier) as tier,
        known.score >= scales.satisfied_from as is_satisfied
    from known
    left join persons on known.person = persons.person
    left join status
        on
            known.person = status.person
            and known.answered_date >= status.from_date
            and known.answered_date < status.to_date
    left join input.seeds.survey_scales as scales
        on known.scale_min = scales.scale_min and known.scale_max = scales.scale_max
)

select
    prefixed(answer_id) as answer_id,
    'canonical' as source_id,
    known_invitation_id as invitation_id,
    known_customer_id as customer_id,
    known_order_id as order_id,
    known_delivery_id as delivery_id,
    known_case_id as case_id,
    is_test,
    is_valid,
    case when is_valid then is_satisfied end as is_satisfied,
    case
        when is_test then 'test_account'
        when score is null then 'skipped'
        when not is_valid then 'score_out_of_range'
    end as exclusion_reason,
    survey_kind,
    known_channel as survey_channel,
    country_code,
    member_status,
    tier,
    language_code,
    score,
    scale_min,
    scale_max,
    answered_at,
    answered_date,
    person,
    answered_in_time
from judged;

-- Answers about one thing; of the usable ones the latest counts.
create temp table satisfaction as
select
    *,
    case survey_kind
        when 'csat' then order_id when 'delivery' then delivery_id when 'support' then case_id
    end as thing_id,
    coalesce(is_satisfied, false)::integer as value,
    coalesce(
        exclusion_reason,
        case
            when thing_id is not null and row_number() over (
                partition by survey_kind, thing_id, exclusion_reason is null
                order by answered_at desc, answer_id desc
            ) > 1 then 'superseded_answer'
        end
    ) as reason
from core.fct_survey_answers
where survey_kind in ('csat', 'delivery', 'support');

create table core.fct_support_cases as
with ratings as (
    select
        thing_id as case_id,
        count(*) as rating_count,
        arg_min(value, (answered_at, answer_id)) = 1 as is_first,
        arg_max(value, (answered_at, answer_id)) = 1 as is_last
    from satisfaction
    where survey_kind = 'support' and exclusion_reason is null and thing_id is not null
    group by thing_id
)

select
    case_id,
    'canonical' as source_id,
    customer_id,
    order_id,
    is_test,
    is_closed,
    case_channel,
    case_category,
    reopened_count,
    opened_at,
    opened_date,
    closed_at,
    closed_date,
    coalesce(rating_count, 0) as rating_count,
    is_first as is_first_rating_satisfied,
    is_last as is_last_rating_satisfied,
    case when not is_first then is_last end as is_recovered,
    person
from known_cases
left join ratings using (case_id);

create table core.fct_program_events as
select
    prefixed(event_id) as event_id,
    'canonical' as source_id,
    prefixed(events.membership_id) as membership_id,
    memberships.customer_id,
    coalesce(memberships.is_test, false) as is_test,
    event_type,
    coalesce(is_engagement, false) as is_engagement,
    offer_id,
    prefixed(order_id) as order_id,
    points as point_count,
    occurred_at,
    local_date(occurred_at) as occurred_date,
    memberships.person,
    memberships.rowid as member
from input.raw_canonical.program_events as events
left join core.fct_memberships as memberships
    on prefixed(events.membership_id) = memberships.membership_id
left join input.seeds.program_event_types using (event_type)
where occurred_at < getvariable('cutoff');

create table core.fct_shares as
select
    prefixed(share_id) as share_id,
    'canonical' as source_id,
    customer_id_hash as customer_id,
    coalesce(persons.is_test, false) as is_test,
    coalesce(share_kind, 'share') in ('share', 'referral') as is_recommendation,
    coalesce(share_kind, 'share') as share_kind,
    platform,
    product_id,
    shared_at,
    local_date(shared_at) as shared_date,
    customer_id_hash::uuid as person
from input.raw_canonical.shares as shares
left join persons on shares.customer_id_hash::uuid = persons.person
where shared_at < getvariable('cutoff');
