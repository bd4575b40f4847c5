-- grain: one row per answer to an NPS question whose customer had ordered by then: the last order
-- Any order but a test, whatever became of it: where the customer last met the company.
with

orders as (
    select
        customer_id,
        order_id,
        ordered_at,
        ordered_date,
        sales_channel
    from {{ ref('fct_orders') }}
    where not is_test and customer_id is not null
),

answers as (
    select
        answer_id,
        customer_id,
        answered_date
    from {{ ref('fct_survey_answers') }}
    where survey_kind in ('nps_relationship', 'nps_transactional')
),

ranked as (
    select
        answers.answer_id,
        orders.order_id,
        orders.sales_channel,
        row_number() over (
            partition by answers.answer_id order by orders.ordered_at desc, orders.order_id desc
        ) as recency
    from answers
    inner join orders
        on
            answers.customer_id = orders.customer_id
            and answers.answered_date >= orders.ordered_date
)

select
    answer_id,
    order_id,
    sales_channel
from ranked
where recency = 1
