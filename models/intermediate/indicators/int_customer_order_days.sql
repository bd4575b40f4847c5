-- grain: one row per customer and local day with an order: the best that was ordered that day
-- Rank 0 qualifies; above it the reasons in the order in which they apply to a customer.
with

orders as (
    select
        *,
        {{ rank_of_exclusion_reason('exclusion_reason') }} as exclusion_rank
    from {{ ref('fct_orders') }}
    where customer_id is not null
)

select
    customer_id,
    ordered_date,
    min(exclusion_rank) as exclusion_rank
from orders
group by customer_id, ordered_date
