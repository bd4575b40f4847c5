-- grain: one row per answer about one thing (an order, a delivery, a case)
with

answers as (
    select
        *,
        case survey_kind
            when 'csat' then order_id
            when 'delivery' then delivery_id
            when 'support' then case_id
        end as rated_thing_id
    from {{ ref('fct_survey_answers') }}
    where survey_kind in ('csat', 'delivery', 'support')
),

ranked as (
    select
        *,
        row_number() over (
            partition by
                survey_kind,
                {{ thing_or_answer('rated_thing_id') }},
                exclusion_reason is null
            order by answered_at desc, answer_id desc
        ) as recency
    from answers
)

select
    answer_id,
    source_id,
    survey_kind,
    survey_channel,
    rated_thing_id,
    country_code,
    member_status,
    answered_at,
    answered_date,
    cast(coalesce(is_satisfied, false) as integer) as satisfied_value,
    exclusion_reason as unusable_reason,
    -- the latest usable answer about a thing counts, over all time
    case
        when exclusion_reason is not null then exclusion_reason
        when recency > 1 then 'superseded_answer'
    end as exclusion_reason
from ranked
