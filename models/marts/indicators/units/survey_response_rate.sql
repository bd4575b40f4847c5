-- grain: one row per invitation
{% macro flow_indicator__survey_response_rate() %}
{{ return(ref('survey_response_rate')) }}
{% endmacro %}
{% macro indicator_attributes__survey_response_rate() %}
{{ return(['source_id', 'survey_kind', 'survey_channel']) }}
{% endmacro %}

with

invitations as (
    select
        *,
        {{ add_days('sent_date', window_days('survey_response_rate')) }} as closing_date
    from {{ ref('fct_survey_invitations') }}
),

-- any answer but a test counts, a skipped score too, and an invitation is answered once
answered as (
    select distinct invitations.invitation_id
    from invitations
    inner join {{ ref('fct_survey_answers') }} as answers
        on
            invitations.invitation_id = answers.invitation_id
            and answers.answered_date between invitations.sent_date and invitations.closing_date
    where not answers.is_test
)

select
    invitations.invitation_id as unit_id,
    invitations.sent_date as observed_date,
    invitations.closing_date,
    cast(null as {{ dbt.type_string() }}) as period_grain,
    case when answered.invitation_id is null then 0 else 1 end as unit_value,
    case
        when invitations.is_test then 'test_account'
        when invitations.delivery_status in ('bounced', 'opted_out', 'throttled')
            then invitations.delivery_status
    end as exclusion_reason,
    {{ segment_columns(indicator_attributes__survey_response_rate()) }}
from invitations
left join answered on invitations.invitation_id = answered.invitation_id
