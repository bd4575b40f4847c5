-- grain: one row per customer and stretch of days in the base, active, or left out with a reason
{% macro stock_indicator__program_activation_rate() %}
{{ return(ref('program_activation_rate')) }}
{% endmacro %}
{% macro indicator_attributes__program_activation_rate() %}
{{ return(['source_id', 'country_code']) }}
{% endmacro %}

with

base_stretches as (
    {{ order_stretches('0', base_window_days('program_activation_rate')) }}
),

active_stretches as (
    select * from {{ ref('int_customer_status') }}
),

stretches as (
    {{ base_and_success('base_stretches', 'active_stretches') }}
)

select
    stretches.unit_id,
    stretches.valid_from_date,
    stretches.valid_to_date,
    stretches.is_success,
    cast(null as {{ dbt.type_string() }}) as period_grain,
    stretches.exclusion_reason,
    {{ segment_columns(indicator_attributes__program_activation_rate()) }}
from stretches
left join {{ ref('dim_customers') }} as customers on stretches.customer_id = customers.customer_id
