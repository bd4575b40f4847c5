-- grain: one row per answer of any source, as loaded
{{ config(materialized='incremental', unique_key='answer_id', on_schema_change='fail') }}

with

survey_answers as (
    {{ union_sources([ref('stg_canonical__survey_answers'), ref('stg_olist__survey_answers')]) }}
)

select
    source_id,
    answer_id,
    invitation_id,
    customer_id,
    order_id,
    delivery_id,
    case_id,
    survey_kind,
    survey_channel,
    language_code,
    score,
    scale_min,
    scale_max,
    answered_at,
    {{ local_date('answered_at') }} as answered_date,
    batch_id
from survey_answers
where {{ new_rows() }}
