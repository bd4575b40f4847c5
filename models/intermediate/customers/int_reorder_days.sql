-- grain: one row per kind of order and days to the return, or day since which there was none
-- A spell begins with each purchase occasion and ends with the customer's next one. Whoever has not
-- returned yet is not dropped: the spell is open since its day, whatever night it is.
{{ config(meta={'sums': ['row_count']}) }}

with

spells as (
    select
        occasion_number,
        {{ days_between('ordered_date', 'next_ordered_date') }} as elapsed_days,
        case when next_ordered_date is null then ordered_date end as open_since_date
    from {{ ref('int_occasions') }}
),

kinds as (
    select
        'any' as order_kind,
        elapsed_days,
        open_since_date
    from spells
    union all
    select
        'first' as order_kind,
        elapsed_days,
        open_since_date
    from spells
    where occasion_number = 1
)

select
    order_kind,
    elapsed_days,
    open_since_date,
    count(*) as row_count
from kinds
group by order_kind, elapsed_days, open_since_date
