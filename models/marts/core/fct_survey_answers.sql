-- grain: one row per answer given on or before the night's date
with

answers as (
    select * from {{ ref('int_resolved_answers') }}
),

customers as (
    select * from {{ ref('int_described_customers') }}
),

test_things as (
    select * from {{ ref('int_test_things') }}
),

scales as (
    select * from {{ ref('survey_scales') }}
),

judged_answers as (
    select
        answers.*,
        coalesce(customers.country_code, 'unknown') as country_code,
        coalesce(customers.is_test or customers.is_employee, false)
        or test_orders.thing_id is not null
        or test_deliveries.thing_id is not null
        or test_cases.thing_id is not null as is_test,
        {{ member_status('answers.customer_id') }} as member_status,
        coalesce(status.tier, 'unknown') as tier,
        -- a whole number within the row's own scale: 9.0 is whole, 8.5 is not
        coalesce(
            answers.score between answers.scale_min and answers.scale_max
            and answers.score = floor(answers.score),
            false
        ) as is_valid,
        answers.score >= scales.satisfied_from as is_satisfied
    from answers
    cross join {{ ref('int_night') }} as night
    left join customers on answers.customer_id = customers.customer_id
    left join test_things as test_orders
        on test_orders.thing = 'order' and answers.order_id = test_orders.thing_id
    left join test_things as test_deliveries
        on test_deliveries.thing = 'delivery' and answers.delivery_id = test_deliveries.thing_id
    left join test_things as test_cases
        on test_cases.thing = 'case' and answers.case_id = test_cases.thing_id
    left join scales
        on answers.scale_min = scales.scale_min and answers.scale_max = scales.scale_max
    {{ join_customer_status('answers', 'customer_id', 'answered_date') }}
)

select
    answer_id,
    source_id,
    invitation_id,
    customer_id,
    order_id,
    delivery_id,
    case_id,
    is_test,
    is_valid,
    case when is_valid then is_satisfied end as is_satisfied,
    case
        when is_test then 'test_account'
        when score is null then 'skipped'
        when not is_valid then 'score_out_of_range'
    end as exclusion_reason,
    survey_kind,
    survey_channel,
    country_code,
    member_status,
    tier,
    language_code,
    score,
    scale_min,
    scale_max,
    answered_at,
    answered_date
from judged_answers
