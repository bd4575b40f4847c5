-- grain: one row per order
{% macro flow_indicator__average_order_value() %}
{{ return(ref('average_order_value')) }}
{% endmacro %}
{% macro indicator_attributes__average_order_value() %}
{{ return(['source_id', 'country_code', 'sales_channel', 'member_status']) }}
{% endmacro %}

select
    order_id as unit_id,
    ordered_date as observed_date,
    cast(null as date) as closing_date,
    cast(null as {{ dbt.type_string() }}) as period_grain,
    order_amount as unit_value,
    exclusion_reason,
    {{ segment_columns(indicator_attributes__average_order_value()) }}
from {{ ref('fct_orders') }}
