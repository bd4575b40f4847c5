-- grain: one row per customer as one source knows them, as loaded
{{ config(materialized='incremental', unique_key='customer_id', on_schema_change='fail') }}

with

customers as (
    {{ union_sources([ref('stg_canonical__customers'), ref('stg_olist__customers')]) }}
)

select
    source_id,
    customer_id,
    email_hash,
    country_code,
    is_test,
    is_employee,
    has_marketing_consent,
    has_survey_consent,
    registered_at,
    {{ local_date('registered_at') }} as registered_date,
    batch_id
from customers
where {{ new_rows() }}
