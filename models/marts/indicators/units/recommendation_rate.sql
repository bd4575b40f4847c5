-- grain: one row per customer and stretch of days in the base, recommending, or left out
{% macro stock_indicator__recommendation_rate() %}
{{ return(ref('recommendation_rate')) }}
{% endmacro %}
{% macro indicator_attributes__recommendation_rate() %}
{{ return(['source_id', 'country_code']) }}
{% endmacro %}

with

base_stretches as (
    {{ order_stretches('0', base_window_days('recommendation_rate')) }}
),

recommendation_days as (
    select distinct
        customer_id,
        shared_date
    from {{ ref('fct_shares') }}
    where is_recommendation and not is_test
),

-- a share on day s counts from s up to s + W
recommending_stretches as (
    select
        customer_id,
        shared_date as valid_from_date,
        {{ earliest_date(
            add_days('shared_date', window_days('recommendation_rate')),
            'lead(shared_date) over (partition by customer_id order by shared_date)',
        ) }} as valid_to_date
    from recommendation_days
),

stretches as (
    {{ base_and_success('base_stretches', 'recommending_stretches') }}
)

select
    stretches.unit_id,
    stretches.valid_from_date,
    stretches.valid_to_date,
    stretches.is_success,
    cast(null as {{ dbt.type_string() }}) as period_grain,
    stretches.exclusion_reason,
    {{ segment_columns(indicator_attributes__recommendation_rate()) }}
from stretches
left join {{ ref('dim_customers') }} as customers on stretches.customer_id = customers.customer_id
