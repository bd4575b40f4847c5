-- grain: one row per person: customers whom a source describes, and those who are only named
with

described as (
    select * from {{ ref('int_described_customers') }}
),

orders as (
    select * from {{ ref('int_customer_orders') }}
),

named as (
    select
        customer_id,
        min(source_id) as source_id
    from {{ ref('int_named_customers') }}
    group by customer_id
),

night as (
    select * from {{ ref('int_night') }}
)

select
    named.customer_id,
    coalesce(described.source_id, named.source_id) as source_id,
    described.customer_id is not null as is_described,
    coalesce(described.is_test or described.is_employee, false) as is_test,
    coalesce(described.country_code, 'unknown') as country_code,
    {{ member_status('named.customer_id') }} as member_status,
    coalesce(status.tier, 'unknown') as tier,
    coalesce(described.has_marketing_consent, false) as has_marketing_consent,
    coalesce(described.has_survey_consent, false) as has_survey_consent,
    described.registered_at,
    described.registered_date,
    orders.first_order_date,
    orders.last_order_date,
    coalesce(orders.order_count, 0) as order_count,
    coalesce(orders.occasion_count, 0) as occasion_count
from named
cross join night
left join described on named.customer_id = described.customer_id
left join orders on named.customer_id = orders.customer_id
left join {{ ref('int_customer_status') }} as status
    on
        named.customer_id = status.customer_id
        and night.as_of_date >= status.valid_from_date
        and night.as_of_date < {{ end_or_never('status.valid_to_date') }}
