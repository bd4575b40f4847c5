-- grain: one row per answer to an NPS question and grain
-- The latest usable answer of a customer and survey kind in a period counts, chosen anew per grain.
{% macro flow_indicator__nps() %}
{{ return(ref('nps')) }}
{% endmacro %}
{% macro indicator_attributes__nps() %}
{{ return([
    'source_id', 'survey_kind', 'survey_channel', 'country_code',
    'member_status', 'tier', 'sales_channel',
]) }}
{% endmacro %}

with

answers as (
    select
        answers.*,
        coalesce(last_orders.sales_channel, 'unknown') as sales_channel
    from {{ ref('fct_survey_answers') }} as answers
    left join {{ ref('int_answer_last_orders') }} as last_orders
        on answers.answer_id = last_orders.answer_id
    where answers.survey_kind in ('nps_relationship', 'nps_transactional')
),

judged as (
    select
        *,
        case
            when exclusion_reason is not null then exclusion_reason
            when scale_min != 0 or scale_max != 10 then 'scale_not_0_to_10'
        end as unusable_reason
    from answers
),

per_grain as (
    select
        judged.*,
        grains.period_grain,
        {{ period_start('grains.period_grain', 'judged.answered_date') }} as period_start_date
    from judged
    cross join {{ ref('int_period_grains') }} as grains
),

ranked as (
    select
        *,
        row_number() over (
            partition by
                period_grain,
                period_start_date,
                survey_kind,
                {{ thing_or_answer('customer_id') }},
                unusable_reason is null
            order by answered_at desc, answer_id desc
        ) as recency
    from per_grain
)

select
    answer_id as unit_id,
    answered_date as observed_date,
    cast(null as date) as closing_date,
    period_grain,
    case when score >= 9 then 1 when score <= 6 then -1 else 0 end as unit_value,
    case
        when unusable_reason is not null then unusable_reason
        when recency > 1 then 'superseded_answer'
    end as exclusion_reason,
    {{ segment_columns(indicator_attributes__nps()) }}
from ranked
