-- grain: one row per support case: about an order, or about something else (guests write too)
create table support_cases as
with

asked as (
    select
        order_no * 2 as case_no,
        order_no,
        customer_no,
        country,
        case_opened_at as opened_at,
        case_closed_at as closed_at,
        is_case_slow as is_slow,
        case
            when late_days > 0 and uniform('category', order_no) < 0.75 then 'leverans'
            when status = 'refunded' then 'retur'
            else pick(['leverans', 'retur', 'produkt', 'betalning', null], uniform('category', order_no))
        end as category
    from purchases
    where case_opened_at is not null
),

wondered as (
    select
        customer_no * 2 + 1 as case_no,
        null as order_no,
        customer_no,
        country_of(customer_no) as country,
        after_days(
            local_to_utc(first_day), 0.5 + uniform('wonders when', customer_no) * (span + 20)
        ) as opened_at,
        exponential('answer', customer_no) * 1.4 as handling_days,
        if_happened(after_days(opened_at, 0.02 + handling_days)) as closed_at,
        handling_days > 3 as is_slow,
        pick(['konto', 'medlemskap', 'produkt'], uniform('category', customer_no)) as category
    from persons
    where not is_guest and uniform('wonders', customer_no) < 0.06
)

select
    *,
    pick(['email', 'chat', 'chat', 'phone', 'email'], uniform('case channel', case_no)) as case_channel,
    case
        when uniform('reopened', case_no) < 0.06 then 1 + cast(floor(2.2 * uniform('times', case_no)) as bigint)
        when uniform('reopened', case_no) < 0.9 then 0
    end as reopened_count
from (
    select * from asked
    union all by name
    select * exclude (handling_days) from wondered
    where opened_at < getvariable('end_at')
)
order by opened_at, case_no;

create view file_support_cases as
select
    'C' || lpad(cast(case_no as varchar), 10, '0') as case_id,
    customer_key(customer_no) as customer_id,
    case_channel,
    category,
    as_zulu(opened_at) as opened_at,
    as_zulu(closed_at) as closed_at,
    reopened_count,
    order_key(order_no) as order_id,
    as_zulu(coalesce(closed_at, opened_at)) as updated_at
from support_cases
order by opened_at, case_no;
