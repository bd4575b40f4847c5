-- grain: one row per customer and stretch of days in the base, churned, or left out with a reason
-- An order on day d puts its customer in the base from d + W up to d + 2W; the customer has churned
-- on those days before which no order came for W days.
{% macro stock_indicator__churn_rate() %}
{{ return(ref('churn_rate')) }}
{% endmacro %}
{% macro indicator_attributes__churn_rate() %}
{{ return(['source_id', 'country_code']) }}
{% endmacro %}

with

base_stretches as (
    {{ order_stretches(window_days('churn_rate'), window_days('churn_rate')) }}
),

churned_stretches as (
    select
        *,
        {{ earliest_date('full_valid_to_date', 'next_ordered_date') }} as churned_to_date
    from base_stretches
    where exclusion_reason is null
),

stretches as (
    select
        unit_id,
        customer_id,
        valid_from_date,
        valid_to_date,
        false as is_success,
        exclusion_reason
    from base_stretches
    union all
    select
        unit_id,
        customer_id,
        valid_from_date,
        churned_to_date,
        true as is_success,
        exclusion_reason
    from churned_stretches
    where valid_from_date < churned_to_date
)

select
    stretches.unit_id,
    stretches.valid_from_date,
    stretches.valid_to_date,
    stretches.is_success,
    cast(null as {{ dbt.type_string() }}) as period_grain,
    stretches.exclusion_reason,
    {{ segment_columns(indicator_attributes__churn_rate()) }}
from stretches
left join {{ ref('dim_customers') }} as customers on stretches.customer_id = customers.customer_id
