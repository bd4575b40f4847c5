-- grain: one row per person whom a customers row describes
with

customers as (
    select * from {{ ref('int_source_customers') }}
),

links as (
    select * from {{ ref('int_customer_links') }}
),

persons as (
    select
        customers.*,
        coalesce(links.person_id, customers.customer_id) as person_id
    from customers
    left join links on customers.customer_id = links.customer_id
)

select
    person_id as customer_id,
    min(source_id) as source_id,
    -- of a person whom several sources know, the first source's country stands
    {{ value_at_lowest('country_code', 'source_id') }} as country_code,
    bool_or(is_test) as is_test,
    bool_or(is_employee) as is_employee,
    bool_or(has_marketing_consent) as has_marketing_consent,
    bool_or(has_survey_consent) as has_survey_consent,
    min(registered_at) as registered_at,
    min(registered_date) as registered_date
from persons
group by person_id
