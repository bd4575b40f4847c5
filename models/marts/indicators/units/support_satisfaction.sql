-- grain: one row per answer about a support case; the latest valid one dates and rates the case
{% macro flow_indicator__support_satisfaction() %}
{{ return(ref('support_satisfaction')) }}
{% endmacro %}
{% macro indicator_attributes__support_satisfaction() %}
{{ return([
    'source_id', 'survey_channel', 'country_code',
    'member_status', 'case_channel', 'case_category',
]) }}
{% endmacro %}

with

answers as (
    select
        answers.*,
        cases.case_id,
        cases.is_closed,
        coalesce(cases.case_channel, 'unknown') as case_channel,
        coalesce(cases.case_category, 'unknown') as case_category
    from {{ ref('int_satisfaction_answers') }} as answers
    left join {{ ref('fct_support_cases') }} as cases on answers.rated_thing_id = cases.case_id
    where answers.survey_kind = 'support'
)

select
    answer_id as unit_id,
    answered_date as observed_date,
    cast(null as date) as closing_date,
    cast(null as {{ dbt.type_string() }}) as period_grain,
    satisfied_value as unit_value,
    case
        when unusable_reason is not null then unusable_reason
        when case_id is null then 'case_unknown'
        when not is_closed then 'case_not_closed'
        else exclusion_reason
    end as exclusion_reason,
    {{ segment_columns(indicator_attributes__support_satisfaction()) }}
from answers
