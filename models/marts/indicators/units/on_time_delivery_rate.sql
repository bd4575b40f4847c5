-- grain: one row per delivery that was promised for a day and has been delivered
{% macro flow_indicator__on_time_delivery_rate() %}
{{ return(ref('on_time_delivery_rate')) }}
{% endmacro %}
{% macro indicator_attributes__on_time_delivery_rate() %}
{{ return(['source_id', 'carrier', 'country_code']) }}
{% endmacro %}

select
    delivery_id as unit_id,
    delivered_date as observed_date,
    cast(null as date) as closing_date,
    cast(null as {{ dbt.type_string() }}) as period_grain,
    cast(is_on_time as integer) as unit_value,
    case when is_test then 'test_account' end as exclusion_reason,
    {{ segment_columns(indicator_attributes__on_time_delivery_rate()) }}
from {{ ref('fct_deliveries') }}
where is_on_time is not null
