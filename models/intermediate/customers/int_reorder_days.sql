-- grain: one row per kind of order and number of days after which customers returned or were seen
-- A spell begins with each purchase occasion. It ends with the customer's next one, or is censored
-- on the night's date: whoever has not returned yet is not dropped.
with

spells as (
    select
        occasions.occasion_number,
        case when occasions.next_ordered_date is null then 0 else 1 end as is_return,
        coalesce(occasions.next_ordered_date, night.as_of_date)
        - occasions.ordered_date as elapsed_days
    from {{ ref('int_occasions') }} as occasions
    cross join {{ ref('int_night') }} as night
),

kinds as (
    select
        'any' as order_kind,
        elapsed_days,
        is_return
    from spells
    union all
    select
        'first' as order_kind,
        elapsed_days,
        is_return
    from spells
    where occasion_number = 1
)

select
    order_kind,
    elapsed_days,
    sum(is_return) as returned_count,
    count(*) - sum(is_return) as censored_count
from kinds
group by order_kind, elapsed_days
