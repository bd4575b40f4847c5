-- grain: one row per customer and local day with a qualifying order: a purchase occasion
select
    customer_id,
    ordered_date,
    row_number() over (partition by customer_id order by ordered_date) as occasion_number,
    next_as_good_date as next_ordered_date
from {{ ref('int_customer_order_days') }}
where exclusion_rank = 0
