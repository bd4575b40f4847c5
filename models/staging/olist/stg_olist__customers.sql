-- grain: one row per person (customer_unique_id); Olist gives a person a new customer_id per order
with

source as (
    select * from {{ source('olist', 'customers') }}
),

persons as (
    select
        customer_unique_id_hash as customer_id,
        max(_batch_id) as batch_id
    from source
    group by customer_unique_id_hash
)

select
    'olist' as source_id,
    customer_id,
    -- the marketplace sells in Brazil only and lands no country
    'BR' as country_code,
    false as is_test,
    false as is_employee,
    false as has_marketing_consent,
    false as has_survey_consent,
    batch_id
from persons
