-- grain: one row per survey invitation, with what will colour the answer
create table invitations as
with

moments as (
    select
        1 as kind_no,
        'csat' as survey_kind,
        order_no,
        null as case_no,
        false as names_delivery,
        customer_no,
        country,
        after_days(ordered_at, 0.01 + 0.02 * uniform('ask csat', order_no)) as sent_at,
        case
            when sales_channel = 'app' then pick(['app', 'app', 'email'], uniform('csat by', order_no))
            when sales_channel = 'web' then pick(['web', 'email', 'email'], uniform('csat by', order_no))
            when sales_channel = 'store' then 'sms'
            else 'phone'
        end as survey_channel,
        0 as late_days,
        false as is_slow
    from purchases
    where status not in ('cancelled', 'pending') and uniform('asks csat', order_no) < 0.30
    union all
    select
        2,
        'delivery',
        order_no,
        null,
        true,
        customer_no,
        country,
        after_days(delivered_at, 0.1 + 1.2 * uniform('ask delivery', order_no)),
        pick(['sms', 'sms', 'email', 'email', 'app'], uniform('delivery by', order_no)),
        late_days,
        false
    from purchases
    where delivered_at is not null and uniform('asks delivery', order_no) < 0.32
    union all
    select
        3,
        'nps_transactional',
        order_no,
        null,
        false,
        customer_no,
        country,
        after_days(coalesce(delivered_at, ordered_at), 3 + 3 * uniform('ask nps', order_no)),
        pick(['email', 'email', 'sms'], uniform('nps by', order_no)),
        late_days,
        is_case_slow
    from purchases
    where
        (delivered_at is not null or sales_channel = 'store')
        and uniform('asks nps', order_no) < 0.20
    union all
    -- twice a year at most; who bought lately is asked more often
    select
        4,
        'nps_relationship',
        order_no,
        null,
        false,
        customer_no,
        country,
        after_days(
            local_to_utc(ordered_on), 20 + floor(25 * uniform('ask relation', order_no)) + 9 / 24
        ),
        pick(['email', 'email', 'email', 'app'], uniform('relation by', order_no)),
        late_days,
        is_case_slow
    from purchases
    where customer_no is not null and uniform('asks relation', order_no) < 0.16
    union all
    -- a few are asked while the case is still open
    select
        5,
        'support',
        order_no,
        case_no,
        false,
        customer_no,
        country,
        case
            when closed_at is null or uniform('too early', case_no) < 0.04 then after_days(opened_at, 0.2)
            else after_days(closed_at, 0.01)
        end,
        case case_channel when 'chat' then 'chat' when 'phone' then 'sms' else 'email' end,
        0,
        is_slow
    from support_cases
    where
        closed_at is not null and uniform('asks support', case_no) < 0.85
        or closed_at is null and uniform('asks support', case_no) < 0.10
    union all
    select
        6,
        'nps_transactional',
        order_no,
        case_no,
        false,
        customer_no,
        country,
        after_days(closed_at, 2),
        'email',
        0,
        is_slow
    from support_cases
    where closed_at is not null and uniform('asks nps after', case_no) < 0.12
)

select
    coalesce(case_no, order_no) * 8 + kind_no as invitation_no,
    *,
    uniform('reaches', invitation_no) as reach_draw,
    case
        when reach_draw < 0.02 and survey_channel in ('email', 'sms') then 'bounced'
        when reach_draw < 0.035 then 'opted_out'
        when reach_draw < 0.047 then 'throttled'
        when reach_draw < 0.07 then null
        else 'delivered'
    end as delivery_status
from moments
where sent_at < getvariable('end_at')
order by sent_at, invitation_no;

create macro invitation_key(invitation_no) as 'I' || lpad(cast(invitation_no as varchar), 11, '0');
create macro delivery_key(order_no) as 'L' || lpad(cast(order_no * 2 as varchar), 10, '0');
create macro case_key(case_no) as 'C' || lpad(cast(case_no as varchar), 10, '0');

-- Relationship surveys are about the shop: they name nothing.
create view file_survey_invitations as
select
    invitation_key(invitation_no) as invitation_id,
    customer_key(customer_no) as customer_id,
    survey_kind,
    survey_channel,
    as_zulu(sent_at) as sent_at,
    delivery_status,
    if(survey_kind = 'nps_relationship', null, order_key(order_no)) as order_id,
    if(names_delivery, delivery_key(order_no), null) as delivery_id,
    case_key(case_no) as case_id
from invitations
order by sent_at, invitation_no;
