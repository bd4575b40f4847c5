-- grain: one row per answer on or before the night's date, with what it takes from its invitation
with

answers as (
    select
        answers.*,
        coalesce(links.person_id, answers.customer_id) as person_id
    from {{ ref('int_survey_answers') }} as answers
    cross join {{ ref('int_night') }} as night
    left join {{ ref('int_customer_links') }} as links on answers.customer_id = links.customer_id
    where {{ has_happened('answers.answered_date') }}
),

invitations as (
    select * from {{ ref('fct_survey_invitations') }}
)

select
    answers.answer_id,
    answers.source_id,
    -- an unknown invitation is none
    invitations.invitation_id,
    answers.survey_kind,
    answers.language_code,
    answers.score,
    answers.scale_min,
    answers.scale_max,
    answers.answered_at,
    answers.answered_date,
    coalesce(answers.person_id, invitations.customer_id) as customer_id,
    coalesce(answers.survey_channel, invitations.survey_channel, 'unknown') as survey_channel,
    coalesce(answers.order_id, invitations.order_id) as order_id,
    coalesce(answers.delivery_id, invitations.delivery_id) as delivery_id,
    coalesce(answers.case_id, invitations.case_id) as case_id
from answers
left join invitations on answers.invitation_id = invitations.invitation_id
