-- grain: one row per identified customer and event whose latest usable answer is bad
-- A detractor of NPS or a dissatisfied score. Answers about an order and its delivery are one
-- event; a later good word about the same event closes it.
with

answers as (
    select
        answers.answer_id,
        answers.source_id,
        answers.customer_id,
        answers.survey_kind,
        answers.score,
        answers.scale_min,
        answers.scale_max,
        answers.answered_at,
        answers.answered_date,
        answers.case_id,
        coalesce(answers.order_id, deliveries.order_id, cases.order_id) as order_id
    from {{ ref('fct_survey_answers') }} as answers
    left join {{ ref('fct_deliveries') }} as deliveries
        on answers.delivery_id = deliveries.delivery_id
    left join {{ ref('fct_support_cases') }} as cases on answers.case_id = cases.case_id
    where answers.exclusion_reason is null and answers.customer_id is not null
),

events as (
    select
        *,
        case
            when case_id is not null then 'case'
            when order_id is not null then 'order'
            else 'answer'
        end as event_kind,
        coalesce(case_id, order_id, answer_id) as event_id
    from answers
),

ranked as (
    select
        *,
        row_number() over (
            partition by customer_id, event_kind, event_id order by answered_at desc, answer_id desc
        ) as recency
    from events
)

select
    ranked.answer_id,
    ranked.source_id,
    ranked.customer_id,
    ranked.event_kind,
    ranked.event_id,
    ranked.order_id,
    ranked.survey_kind,
    ranked.score,
    ranked.scale_max,
    ranked.answered_at,
    ranked.answered_date
from ranked
inner join {{ ref('survey_scales') }} as scales
    on ranked.scale_min = scales.scale_min and ranked.scale_max = scales.scale_max
where
    ranked.recency = 1
    and case
        -- 0 to 6 is a detractor
        when ranked.survey_kind like 'nps%' then ranked.scale_max = 10 and ranked.score <= 6
        else ranked.score <= scales.dissatisfied_to
    end
