-- grain: one row per period grain, survey and score 0 to 10, in the grain's headline period
-- The answers that count: usable, on 0 to 10, the latest of each customer and survey in the period.
with

answers as (
    select headline_periods.period_grain, answers.*
    from core.fct_survey_answers as answers
    inner join headline_periods
        on
            headline_periods.period_start_date
            = date_trunc(headline_periods.period_grain, answers.answered_date)
    where
        answers.survey_kind like 'nps%'
        and answers.exclusion_reason is null
        and answers.scale_min = 0
        and answers.scale_max = 10
    qualify
        row_number() over (
            partition by
                headline_periods.period_grain,
                answers.survey_kind,
                answers.customer_id,
                if(answers.customer_id is null, answers.answer_id, null)
            order by answers.answered_at desc, answers.answer_id desc
        ) = 1
)

select period_grain, survey_kind, score::int as score, count(*) as answer_count
from answers
group by all
order by all
