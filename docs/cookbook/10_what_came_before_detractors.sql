-- What happened in the 30 days before each detractor's answer?
with detractors as (
    select
        answers.customer_id,
        answers.answered_date,
        answers.score,
        timeline.event_number
    from core.fct_survey_answers as answers
    inner join core.fct_customer_timeline as timeline
        on answers.answer_id = timeline.event_id and timeline.event_kind = 'answer'
    where
        answers.survey_kind like 'nps%'
        and answers.exclusion_reason is null
        and answers.scale_min = 0
        and answers.scale_max = 10
        and answers.score <= 6
)

select
    detractors.customer_id,
    detractors.answered_date,
    detractors.score,
    string_agg(
        earlier.event_kind || ' ' || coalesce(earlier.event_detail, '?'),
        ' → ' order by earlier.event_number
    ) as chain
from detractors
inner join core.fct_customer_timeline as earlier
    on
        detractors.customer_id = earlier.customer_id
        and detractors.event_number > earlier.event_number
        and detractors.answered_date - 30 <= earlier.event_date
group by
    detractors.customer_id,
    detractors.event_number,
    detractors.answered_date,
    detractors.score
order by detractors.answered_date desc, detractors.customer_id asc
limit 100;
