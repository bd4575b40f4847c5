-- grain: one row per customer and local day with an order: the best that was ordered that day
-- Rank 0 qualifies; above it the reasons in the order in which they apply to a customer. Beside its
-- neighbours each day tells by itself when it speaks for its customer, whatever the window.
{%- set ranks = range(order_exclusion_reasons() | length + 1) %}

with

orders as (
    select
        *,
        {{ rank_of_exclusion_reason('exclusion_reason') }} as exclusion_rank
    from {{ ref('fct_orders') }}
    where customer_id is not null
),

days as (
    select
        customer_id,
        ordered_date,
        min(exclusion_rank) as exclusion_rank
    from orders
    group by customer_id, ordered_date
)

select
    customer_id,
    ordered_date,
    exclusion_rank,
    case exclusion_rank
        {%- for rank in ranks if rank %}
        when {{ rank }}
            then {{ last_known(
                'case when exclusion_rank < ' ~ rank ~ ' then ordered_date end', 'earlier'
            ) }}
        {%- endfor %}
    end as last_better_date,
    case exclusion_rank
        {%- for rank in ranks %}
        when {{ rank }}
            then {{ first_known(
                'case when exclusion_rank <= ' ~ rank ~ ' then ordered_date end', 'later'
            ) }}
        {%- endfor %}
    end as next_as_good_date
from days
window
    earlier as (
        partition by customer_id order by ordered_date
        rows between unbounded preceding and 1 preceding
    ),
    later as (
        partition by customer_id order by ordered_date
        rows between 1 following and unbounded following
    )
