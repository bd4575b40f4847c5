-- grain: one row per customer as the source knows them
with

source as (
    select * from {{ source('canonical', 'customers') }}
),

renamed as (
    select
        -- keys
        'canonical' as source_id,
        customer_id_hash as customer_id,
        email_hash,

        -- attributes
        country_code,

        -- booleans
        coalesce(is_test, false) as is_test,
        coalesce(is_employee, false) as is_employee,
        coalesce(marketing_consent, false) as has_marketing_consent,
        coalesce(survey_consent, false) as has_survey_consent,

        -- timestamps
        registered_at,

        -- load
        _batch_id as batch_id
    from source
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
    batch_id
from renamed
