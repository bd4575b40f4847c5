-- grain: one row per review and order; review_id alone is not unique in the export
with

source as (
    select * from {{ source('olist', 'order_reviews') }}
),

orders as (
    select * from {{ ref('stg_olist__orders') }}
),

reviews as (
    select
        {{ source_key("review_id || '/' || order_id", 'olist') }} as answer_id,
        {{ source_key('order_id', 'olist') }} as order_id,
        review_score,
        review_answer_timestamp,
        _batch_id
    from source
)

select
    'olist' as source_id,
    reviews.answer_id,
    orders.customer_id,
    reviews.order_id,
    'csat' as survey_kind,
    -- the review form is mailed to the buyer
    'email' as survey_channel,
    'pt' as language_code,
    reviews.review_score as score,
    cast(1 as {{ type_double() }}) as scale_min,
    cast(5 as {{ type_double() }}) as scale_max,
    reviews.review_answer_timestamp as answered_at,
    greatest(reviews._batch_id, coalesce(orders.batch_id, 0)) as batch_id
from reviews
left join orders on reviews.order_id = orders.order_id
