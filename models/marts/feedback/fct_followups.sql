-- grain: one row per customer and event with a bad answer that still asks for a contact
with

bad_answers as (
    select
        answers.*,
        rules.due_hours,
        night.as_of_date,
        {{ dbt.dateadd('hour', 'rules.due_hours', 'answers.answered_at') }} as due_at
    from {{ ref('int_bad_answers') }} as answers
    cross join {{ ref('int_night') }} as night
    inner join {{ ref('followup_rules') }} as rules on answers.survey_kind = rules.survey_kind
    where answers.answered_date > {{ add_days('night.as_of_date', '-rules.open_days') }}
),

-- what the answered order had gone through
lateness as (
    select
        order_id,
        max(days_late) as days_late
    from {{ ref('fct_deliveries') }}
    where order_id in (select bad_answers.order_id from bad_answers)
    group by order_id
),

cases as (
    select
        bad_answers.answer_id,
        max(case when not cases.is_closed then 1 else 0 end) = 1 as has_open_case,
        max(case when cases.opened_at > bad_answers.answered_at then 1 else 0 end) = 1
            as has_case_since
    from bad_answers
    inner join {{ ref('fct_support_cases') }} as cases
        on bad_answers.customer_id = cases.customer_id
    group by bad_answers.answer_id
),

spending as (
    select
        customer_id,
        sum(order_amount) as customer_amount
    from {{ ref('fct_orders') }}
    where is_qualifying and customer_id in (select bad_answers.customer_id from bad_answers)
    group by customer_id
)

select
    bad_answers.customer_id,
    bad_answers.event_kind,
    bad_answers.event_id,
    bad_answers.source_id,
    bad_answers.answer_id,
    bad_answers.survey_kind,
    bad_answers.score,
    bad_answers.scale_max,
    bad_answers.answered_at,
    bad_answers.answered_date,
    bad_answers.order_id,
    orders.order_amount,
    lateness.days_late,
    coalesce(cases.has_open_case, false) as has_open_case,
    customers.country_code,
    customers.member_status,
    customers.tier,
    customers.order_count,
    cast(coalesce(spending.customer_amount, 0) as decimal(18, 2)) as customer_amount,
    bad_answers.due_at,
    case
        when cases.has_case_since then 'in_contact'
        when {{ local_date('bad_answers.due_at') }} <= bad_answers.as_of_date then 'overdue'
        else 'due'
    end as contact_state,
    cast(
        row_number() over (order by bad_answers.answered_at desc, bad_answers.answer_id asc)
        as bigint
    ) as newest_first_number
from bad_answers
inner join {{ ref('dim_customers') }} as customers
    on bad_answers.customer_id = customers.customer_id
left join {{ ref('fct_orders') }} as orders on bad_answers.order_id = orders.order_id
left join lateness on bad_answers.order_id = lateness.order_id
left join cases on bad_answers.answer_id = cases.answer_id
left join spending on bad_answers.customer_id = spending.customer_id
