-- grain: one row per answer about an order
{% macro flow_indicator__csat() %}
{{ return(ref('csat')) }}
{% endmacro %}
{% macro indicator_attributes__csat() %}
{{ return(['source_id', 'survey_channel', 'country_code', 'member_status']) }}
{% endmacro %}

select
    answer_id as unit_id,
    answered_date as observed_date,
    cast(null as date) as closing_date,
    cast(null as {{ dbt.type_string() }}) as period_grain,
    satisfied_value as unit_value,
    exclusion_reason,
    {{ segment_columns(indicator_attributes__csat()) }}
from {{ ref('int_satisfaction_answers') }}
where survey_kind = 'csat'
