-- grain: one row per answer about a delivery
{% macro flow_indicator__delivery_satisfaction() %}
{{ return(ref('delivery_satisfaction')) }}
{% endmacro %}
{% macro indicator_attributes__delivery_satisfaction() %}
{{ return([
    'source_id', 'survey_channel', 'country_code',
    'member_status', 'carrier', 'on_time_band',
]) }}
{% endmacro %}

with

answers as (
    select
        answers.*,
        coalesce(deliveries.carrier, 'unknown') as carrier,
        coalesce(deliveries.on_time_band, 'unknown') as on_time_band
    from {{ ref('int_satisfaction_answers') }} as answers
    left join {{ ref('fct_deliveries') }} as deliveries
        on answers.rated_thing_id = deliveries.delivery_id
    where answers.survey_kind = 'delivery'
)

select
    answer_id as unit_id,
    answered_date as observed_date,
    cast(null as date) as closing_date,
    cast(null as {{ dbt.type_string() }}) as period_grain,
    satisfied_value as unit_value,
    exclusion_reason,
    {{ segment_columns(indicator_attributes__delivery_satisfaction()) }}
from answers
