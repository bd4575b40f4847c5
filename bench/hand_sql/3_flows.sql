-- Flows: units by day and attributes, then by day and segment. What is left out has no segment.
create temp table segment_days (
    indicator_id varchar,
    grain varchar,
    day date,
    dimension varchar,
    segment varchar,
    reason varchar,
    n bigint,
    total decimal(38, 4),
    squares double
);

-- Columns of `tab` beside its attributes: grain, day, reason, n, total, squares.
create temp macro cuts(tab, id, dimensions, segments) as table
with cut as (
    select
        grain,
        day,
        reason,
        n,
        total,
        squares,
        unnest(case
            when reason is null then ['all', 'source_id'] || dimensions else ['all']
        end) as dimension,
        unnest(case
            when reason is null then ['all', 'canonical'] || segments else ['all']
        end) as segment
    from query_table(tab)
)

select
    id,
    grain,
    day,
    dimension,
    segment,
    reason,
    sum(n)::bigint,
    sum(total),
    sum(squares)
from cut
group by all;

-- One pass over the orders serves two indicators. Amounts are squared as whole cents.
create temp table order_units as
select
    null::varchar as grain,
    ordered_date as day,
    exclusion_reason as reason,
    country_code,
    sales_channel,
    device_type,
    member_status,
    count(*) as n,
    sum(order_amount) as total,
    sum((100 * order_amount)::bigint * (100 * order_amount)::bigint) / 10000 as squares
from core.fct_orders
group by all;

insert into segment_days
from cuts(
    'order_units',
    'average_order_value',
    ['country_code', 'sales_channel', 'member_status'],
    [country_code, sales_channel, member_status]
);

create temp view mobile_units as
select
    * replace (
        coalesce(reason, case
            when sales_channel = 'store' then 'store_order'
            when is_phone is null then 'device_unknown'
        end) as reason,
        case when is_phone then n else 0 end as total,
        case when is_phone then n else 0 end as squares
    )
from order_units
left join input.seeds.device_types using (device_type);

insert into segment_days
from cuts(
    'mobile_units',
    'mobile_order_share',
    ['country_code', 'sales_channel', 'device_type', 'member_status'],
    [country_code, sales_channel, device_type, member_status]
);

create temp view on_time_units as
select
    null::varchar as grain,
    delivered_date as day,
    case when is_test then 'test_account' end as reason,
    carrier,
    country_code,
    count(*) as n,
    count_if(is_on_time) as total,
    count_if(is_on_time) as squares
from core.fct_deliveries
where is_on_time is not null
group by all;

insert into segment_days
from cuts(
    'on_time_units',
    'on_time_delivery_rate',
    ['carrier', 'country_code'],
    [carrier, country_code]
);

create temp view csat_units as
select
    null::varchar as grain,
    answered_date as day,
    reason,
    survey_channel,
    country_code,
    member_status,
    count(*) as n,
    sum(value) as total,
    sum(value) as squares
from satisfaction
where survey_kind = 'csat'
group by all;

insert into segment_days
from cuts(
    'csat_units',
    'csat',
    ['survey_channel', 'country_code', 'member_status'],
    [survey_channel, country_code, member_status]
);

create temp view delivery_units as
select
    null::varchar as grain,
    answered_date as day,
    reason,
    survey_channel,
    satisfaction.country_code,
    member_status,
    unknown(carrier) as carrier,
    unknown(on_time_band) as on_time_band,
    count(*) as n,
    sum(value) as total,
    sum(value) as squares
from satisfaction
left join core.fct_deliveries as deliveries on thing_id = deliveries.delivery_id
where survey_kind = 'delivery'
group by all;

insert into segment_days
from cuts(
    'delivery_units',
    'delivery_satisfaction',
    ['survey_channel', 'country_code', 'member_status', 'carrier', 'on_time_band'],
    [survey_channel, country_code, member_status, carrier, on_time_band]
);

create temp view support_units as
select
    null::varchar as grain,
    answered_date as day,
    case
        when exclusion_reason is not null then exclusion_reason
        when cases.case_id is null then 'case_unknown'
        when not is_closed then 'case_not_closed'
        else satisfaction.reason
    end as reason,
    survey_channel,
    country_code,
    member_status,
    unknown(case_channel) as case_channel,
    unknown(case_category) as case_category,
    count(*) as n,
    sum(value) as total,
    sum(value) as squares
from satisfaction
left join known_cases as cases on thing_id = cases.case_id
where survey_kind = 'support'
group by all;

insert into segment_days
from cuts(
    'support_units',
    'support_satisfaction',
    ['survey_channel', 'country_code', 'member_status', 'case_channel', 'case_category'],
    [survey_channel, country_code, member_status, case_channel, case_category]
);

create temp view response_units as
with answered as (
    select distinct invitation_id
    from core.fct_survey_answers
    where answered_in_time and not is_test
)

select
    null::varchar as grain,
    sent_date as day,
    case
        when is_test then 'test_account'
        when delivery_status in ('bounced', 'opted_out', 'throttled') then delivery_status
        when sent_date + window_days('survey_response_rate') > getvariable('as_of')
            then 'window_not_closed'
    end as reason,
    survey_kind,
    survey_channel,
    count(*) as n,
    count(answered.invitation_id) as total,
    count(answered.invitation_id) as squares
from core.fct_survey_invitations as invitations
left join answered on invitations.invitation_id = answered.invitation_id
group by all;

insert into segment_days
from cuts(
    'response_units',
    'survey_response_rate',
    ['survey_kind', 'survey_channel'],
    [survey_kind, survey_channel]
);

-- Of a customer's usable answers the latest of each kind and period counts, with the channel of the
-- last order by then.
create temp table nps_units as
with answers as (
    from core.fct_survey_answers where survey_kind in ('nps_relationship', 'nps_transactional')
),

last_orders as (
    select
        answer_id,
        arg_max(sales_channel, (ordered_at, orders.order_id)) as sales_channel
    from answers
    inner join core.fct_orders as orders
        on answers.person = orders.person and answers.answered_date >= orders.ordered_date
    where not orders.is_test
    group by answer_id
),

judged as (
    select
        answers.*,
        unknown(sales_channel) as sales_channel,
        coalesce(exclusion_reason, case
            when scale_min != 0 or scale_max != 10 then 'scale_not_0_to_10'
        end) as unusable,
        unnest(['week', 'month', 'quarter', 'year']) as grain
    from answers
    left join last_orders using (answer_id)
),

ranked as (
    select
        *,
        case when score >= 9 then 1 when score <= 6 then -1 else 0 end as value,
        coalesce(unusable, case
            when person is not null and row_number() over (
                partition by
                    person, survey_kind, unusable is null, grain, date_trunc(grain, answered_date)
                order by answered_at desc, answer_id desc
            ) > 1 then 'superseded_answer'
        end) as reason
    from judged
)

select
    grain,
    answered_date as day,
    reason,
    survey_kind,
    survey_channel,
    country_code,
    member_status,
    tier,
    sales_channel,
    count(*) as n,
    sum(value) as total,
    sum(value * value) as squares
from ranked
group by all;

insert into segment_days
from cuts(
    'nps_units',
    'nps',
    ['survey_kind', 'survey_channel', 'country_code', 'member_status', 'tier', 'sales_channel'],
    [survey_kind, survey_channel, country_code, member_status, tier, sales_channel]
);

create temp view repurchase_units as
with units as (
    select
        day + window_days('repurchase_rate') as closing_date,
        country_code,
        null as reason,
        coalesce(next_day <= day + window_days('repurchase_rate'), false) as is_back,
        1 as n
    from occasions
    where is_first
    union all
    select
        min(day) + window_days('repurchase_rate'),
        any_value(country_code),
        reason_of(min(rank)),
        false,
        1
    from order_days
    group by person
    having min(rank) > 0
    union all
    select
        ordered_date + window_days('repurchase_rate'),
        null,
        case when is_test then 'test_account' else 'guest' end,
        false,
        count(*)
    from core.fct_orders
    where person is null
    group by all
)

select
    null::varchar as grain,
    least(closing_date, getvariable('as_of')) as day,
    case
        when reason is not null then reason
        when closing_date > getvariable('as_of') then 'window_not_closed'
    end as reason,
    country_code,
    sum(n) as n,
    count_if(is_back) as total,
    count_if(is_back) as squares
from units
group by all;

insert into segment_days
from cuts('repurchase_units', 'repurchase_rate', ['country_code'], [country_code]);
