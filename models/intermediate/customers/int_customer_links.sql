-- grain: one row per customer of a source who is the same person as a customer of another source
-- Within one source the customer is the person, so of several customers of one source with the same
-- address only the first can be the one whom another source knows.
with

customers as (
    select * from {{ ref('int_source_customers') }}
    where email_hash is not null
),

first_per_source as (
    select
        email_hash,
        source_id,
        min(customer_id) as customer_id
    from customers
    group by email_hash, source_id
),

ranked as (
    select
        customer_id,
        first_value(customer_id) over (
            partition by email_hash order by source_id
        ) as person_id
    from first_per_source
)

select
    customer_id,
    person_id
from ranked
where customer_id != person_id
