-- grain: one row per customer who ordered, and per guest order
-- A customer counts on the day the horizon after the first qualifying order closes, so that a value
-- is final the day it appears.
{% macro flow_indicator__repurchase_rate() %}
{{ return(ref('repurchase_rate')) }}
{% endmacro %}
{% macro indicator_attributes__repurchase_rate() %}
{{ return(['source_id', 'country_code']) }}
{% endmacro %}

with

customer_days as (
    select
        customer_id,
        min(exclusion_rank) as exclusion_rank,
        min(ordered_date) as first_day,
        min(case when exclusion_rank = 0 then ordered_date end) as first_occasion_date,
        min(case when exclusion_rank = 0 then next_as_good_date end) as second_occasion_date
    from {{ ref('int_customer_order_days') }}
    group by customer_id
),

customers as (
    select
        customer_days.customer_id as unit_id,
        customer_days.customer_id,
        coalesce(customer_days.first_occasion_date, customer_days.first_day) as first_date,
        customer_days.second_occasion_date,
        {{ exclusion_reason_of_rank('customer_days.exclusion_rank') }} as exclusion_reason
    from customer_days
    union all
    select
        order_id as unit_id,
        customer_id,
        ordered_date as first_date,
        cast(null as date) as second_occasion_date,
        case when is_test then 'test_account' else 'guest' end as exclusion_reason
    from {{ ref('fct_orders') }}
    where is_guest
),

horizons as (
    select
        *,
        {{ add_days('first_date', window_days('repurchase_rate')) }} as closing_date
    from customers
)

select
    horizons.unit_id,
    horizons.closing_date as observed_date,
    horizons.closing_date,
    cast(null as {{ dbt.type_string() }}) as period_grain,
    cast(
        coalesce(horizons.second_occasion_date <= horizons.closing_date, false) as integer
    ) as unit_value,
    horizons.exclusion_reason,
    {{ segment_columns(indicator_attributes__repurchase_rate()) }}
from horizons
left join {{ ref('dim_customers') }} as customers on horizons.customer_id = customers.customer_id
