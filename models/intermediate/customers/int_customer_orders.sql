-- grain: one row per customer with a qualifying order
select
    customer_id,
    min(ordered_date) as first_order_date,
    max(ordered_date) as last_order_date,
    count(*) as order_count,
    count(distinct ordered_date) as occasion_count
from {{ ref('fct_orders') }}
where is_qualifying and customer_id is not null
group by customer_id
