-- What follows from the facts by customer: days with orders, the chain of events, months.

-- One row per customer and day with an order; rank 0 qualifies, the others are reasons as they
-- apply.
create temp table order_days as
select
    person,
    ordered_date as day,
    min(case exclusion_reason
        when 'test_account' then 1
        when 'cancelled' then 2
        when 'not_paid' then 3
        when 'refunded_in_full' then 4
        else 0
    end)::tinyint as rank,
    count_if(is_qualifying)::integer as order_count,
    sum(order_amount) filter (is_qualifying) as order_amount,
    count_if(is_qualifying and coalesce(is_phone, false))::integer as phone_count,
    any_value(customer_id) as customer_id,
    any_value(country_code) as country_code
from core.fct_orders
left join input.seeds.device_types using (device_type)
where person is not null
group by person, ordered_date;

set variable churn_days = (select window_days('churn_rate'));

-- Days on which a customer bought: the first, and those after which nothing came for so long that
-- it matters. Every stretch of an indicator begins or ends at one of these.
create temp table occasions as
select
    person,
    day,
    country_code,
    lag(day) over by_day is null as is_first,
    lead(day) over by_day as next_day
from order_days
where rank = 0
window by_day as (partition by person order by day)
qualify
    is_first or next_day is null or next_day > day + least(
        getvariable('churn_days'),
        (select min(base_window_days) from input.seeds.indicators)
    );

create table core.fct_customer_timeline as
with events as (
    select
        customer_id,
        1::tinyint as kind,
        order_id as event_id,
        ordered_at as event_at,
        ordered_date as event_date,
        order_status as event_detail
    from core.fct_orders where not is_test
    union all
    select customer_id, 2, delivery_id, delivered_at, delivered_date, on_time_band
    from core.fct_deliveries where is_delivered and not is_test
    union all
    select customer_id, 3, answer_id, answered_at, answered_date, survey_kind
    from core.fct_survey_answers where not is_test
    union all
    select customer_id, 4, case_id, opened_at, opened_date, case_category
    from core.fct_support_cases where not is_test
    union all
    select customer_id, 5, case_id, closed_at, closed_date, case_category
    from core.fct_support_cases where is_closed and not is_test
    union all
    select customer_id, 6, membership_id, enrolled_at, enrolled_date, null
    from core.fct_memberships where not is_test
    union all
    select customer_id, 7, membership_id, activated_at, activated_date, null
    from core.fct_memberships where activated_date is not null and not is_test
    union all
    select customer_id, 8, membership_id, cancelled_at, cancelled_date, null
    from core.fct_memberships where cancelled_date is not null and not is_test
    union all
    select customer_id, 9, event_id, occurred_at, occurred_date, event_type
    from core.fct_program_events where not is_test
    union all
    select customer_id, 10, share_id, shared_at, shared_date, share_kind
    from core.fct_shares where not is_test
),

dated as (
    select
        *,
        row_number() over in_order as event_number,
        last_value(case when kind = 1 then event_date end ignore nulls) over before as last_order,
        last_value(case when kind = 2 then event_date end ignore nulls) over before
            as last_delivery,
        last_value(case when kind = 3 then event_date end ignore nulls) over before as last_answer,
        last_value(case when kind = 4 then event_date end ignore nulls) over before as last_opened,
        last_value(case when kind = 5 then event_date end ignore nulls) over before as last_closed,
        last_value(case when kind between 6 and 8 then event_date end ignore nulls) over before
            as last_step,
        last_value(case when kind = 9 then event_date end ignore nulls) over before as last_event,
        last_value(case when kind = 10 then event_date end ignore nulls) over before as last_share
    from events
    where customer_id is not null
    window
        in_order as (partition by customer_id order by event_at, kind, event_id),
        before as (
            partition by customer_id order by event_at, kind, event_id
            rows between unbounded preceding and 1 preceding
        )
)

select
    customer_id,
    event_number,
    [
        'order', 'delivery', 'answer', 'case_opened', 'case_closed', 'membership_enrolled',
        'membership_activated', 'membership_cancelled', 'program_event', 'share'
    ][kind] as event_kind,
    event_id,
    'canonical' as source_id,
    event_detail,
    (event_date - last_order)::integer as days_since_order,
    (event_date - last_delivery)::integer as days_since_delivery,
    (event_date - last_answer)::integer as days_since_answer,
    (event_date - last_opened)::integer as days_since_case_opened,
    (event_date - last_closed)::integer as days_since_case_closed,
    (event_date - last_step)::integer as days_since_membership_step,
    (event_date - last_event)::integer as days_since_program_event,
    (event_date - last_share)::integer as days_since_share,
    event_at,
    event_date
from dated;

-- The chain lies by customer already, so that counting it is cheap.
create table core.fct_customer_months as
with months as (
    select
        customer_id,
        date_trunc('month', event_date)::date as month_date,
        count(*) filter (event_kind = 'program_event') as program_event_count,
        count(*) filter (event_kind = 'answer') as answer_count,
        count(*) filter (event_kind = 'case_opened') as case_count
    from core.fct_customer_timeline
    group by all
),

orders as (
    select
        any_value(customer_id) as customer_id,
        date_trunc('month', day)::date as month_date,
        sum(order_count)::bigint as order_count,
        count(*) as occasion_count,
        sum(order_amount)::decimal(18, 2) as order_amount,
        sum(phone_count)::bigint as phone_order_count
    from order_days
    where rank = 0
    group by person, date_trunc('month', day)
)

select
    customer_id,
    month_date,
    coalesce(order_count, 0) as order_count,
    coalesce(occasion_count, 0) as occasion_count,
    coalesce(order_amount, 0) as order_amount,
    coalesce(phone_order_count, 0) as phone_order_count,
    program_event_count,
    answer_count,
    case_count
from months
left join orders using (customer_id, month_date);

-- Whom no customers row describes is known by the tables that name a customer.
create table core.dim_customers as
with orders as (
    select
        person,
        min(day) as first_order_date,
        max(day) as last_order_date,
        sum(order_count)::bigint as order_count,
        count(*) as occasion_count
    from order_days
    where rank = 0
    group by person
),

others as (
    select person from (
        select person from order_days
        union all
        select person from core.fct_memberships
        union all
        select person from core.fct_survey_answers
        union all
        select person from core.fct_survey_invitations
        union all
        select person from core.fct_support_cases
        union all
        select person from core.fct_shares
    ) as named
    anti join persons using (person)
    where person is not null
    group by person
),

named as (
    select *, true as is_described from persons
    union all by name
    select person, replace(person::varchar, '-', '') as customer_id, false as is_described
    from others
)

select
    named.customer_id,
    'canonical' as source_id,
    is_described,
    coalesce(is_test, false) as is_test,
    unknown(country_code) as country_code,
    member_status(named.person, status.person) as member_status,
    unknown(status.tier) as tier,
    coalesce(has_marketing_consent, false) as has_marketing_consent,
    coalesce(has_survey_consent, false) as has_survey_consent,
    registered_at,
    local_date(registered_at) as registered_date,
    first_order_date,
    last_order_date,
    coalesce(order_count, 0) as order_count,
    coalesce(occasion_count, 0) as occasion_count
from named
left join orders on named.person = orders.person
left join status
    on
        named.person = status.person
        and getvariable('as_of') >= status.from_date
        and getvariable('as_of') < status.to_date;

set variable first_date = (
    select coalesce(least(
        (select min(ordered_date) from core.fct_orders),
        (select min(sent_date) from core.fct_survey_invitations),
        (select min(answered_date) from core.fct_survey_answers)
    ), getvariable('as_of'))
);

create table core.dim_dates as
select
    date_day,
    date_trunc('week', date_day)::date as week_start_date,
    date_trunc('month', date_day)::date as month_start_date,
    date_trunc('quarter', date_day)::date as quarter_start_date,
    date_trunc('year', date_day)::date as year_start_date,
    isodow(date_day)::integer as iso_weekday_number,
    weekofyear(date_day)::integer as iso_week_number,
    isodow(date_day) >= 6 as is_weekend,
    date_day > getvariable('as_of') as is_future
from (
    select unnest(generate_series(
        least(
            date_trunc('year', getvariable('first_date')),
            date_trunc('week', getvariable('first_date'))
        ),
        greatest(
            date_trunc('year', getvariable('as_of')) + interval 1 year - interval 1 day,
            date_trunc('week', getvariable('as_of')) + interval 6 days
        ),
        interval 1 day
    ))::date as date_day
);

create temp table periods as
select
    grain,
    date_trunc(grain, date_day)::date as start_date,
    (date_trunc(grain, date_day) + case grain
        when 'week' then interval 7 days
        when 'month' then interval 1 month
        when 'quarter' then interval 3 months
        else interval 1 year
    end)::date - 1 > getvariable('as_of') as is_partial
from core.dim_dates
cross join (select unnest(['week', 'month', 'quarter', 'year']) as grain)
where date_day between getvariable('first_date') and getvariable('as_of')
group by all;
