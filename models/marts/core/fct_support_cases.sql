-- grain: one row per support case opened on or before the night's date, with how it was rated
with

cases as (
    select * from {{ ref('int_known_cases') }}
),

ratings as (
    select
        rated_thing_id as case_id,
        satisfied_value,
        row_number() over (
            partition by rated_thing_id order by answered_at, answer_id
        ) as rating_number,
        count(*) over (partition by rated_thing_id) as rating_count
    from {{ ref('int_satisfaction_answers') }}
    where survey_kind = 'support' and unusable_reason is null and rated_thing_id is not null
),

rated_cases as (
    select
        case_id,
        max(rating_count) as rating_count,
        max(case when rating_number = 1 then satisfied_value end) = 1 as is_first_rating_satisfied,
        max(case when rating_number = rating_count then satisfied_value end) = 1
            as is_last_rating_satisfied
    from ratings
    group by case_id
)

select
    cases.case_id,
    cases.source_id,
    cases.customer_id,
    cases.order_id,
    cases.is_test,
    cases.is_closed,
    cases.case_channel,
    cases.case_category,
    cases.reopened_count,
    cases.opened_at,
    cases.opened_date,
    cases.closed_at,
    cases.closed_date,
    coalesce(rated_cases.rating_count, 0) as rating_count,
    rated_cases.is_first_rating_satisfied,
    rated_cases.is_last_rating_satisfied,
    -- of cases rated badly at first: whether the last word was good
    case
        when not rated_cases.is_first_rating_satisfied then rated_cases.is_last_rating_satisfied
    end as is_recovered
from cases
left join rated_cases on cases.case_id = rated_cases.case_id
