-- grain: one row per membership and stretch of days in the base, engaged, or left out with a reason
{% macro stock_indicator__program_engagement_rate() %}
{{ return(ref('program_engagement_rate')) }}
{% endmacro %}
{% macro indicator_attributes__program_engagement_rate() %}
{{ return(['source_id', 'tier', 'country_code', 'months_since_joining']) }}
{% endmacro %}

with

-- members who joined a whole window ago, so that all had the same time to engage
base_stretches as (
    select
        *,
        greatest(
            valid_from_date,
            {{ add_days('enrolled_date', window_days('program_engagement_rate')) }}
        ) as from_date
    from {{ ref('int_membership_months') }}
),

engagement_days as (
    select distinct
        membership_id,
        occurred_date
    from {{ ref('fct_program_events') }}
    where is_engagement
),

-- an event on day e makes its member engaged from e up to e + W
engaged_stretches as (
    select
        membership_id,
        occurred_date as from_date,
        {{ earliest_date(
            add_days('occurred_date', window_days('program_engagement_rate')),
            'lead(occurred_date) over (partition by membership_id order by occurred_date)',
        ) }} as to_date
    from engagement_days
),

stretches as (
    select
        *,
        from_date as stretch_from_date,
        valid_to_date as stretch_to_date,
        false as is_success
    from base_stretches
    union all
    select
        base_stretches.*,
        greatest(base_stretches.from_date, engaged_stretches.from_date) as stretch_from_date,
        {{ earliest_date('base_stretches.valid_to_date', 'engaged_stretches.to_date') }}
            as stretch_to_date,
        true as is_success
    from base_stretches
    inner join engaged_stretches
        on
            base_stretches.membership_id = engaged_stretches.membership_id
            and base_stretches.from_date < engaged_stretches.to_date
            and engaged_stretches.from_date < {{ end_or_never('base_stretches.valid_to_date') }}
    where not base_stretches.is_test
)

select
    membership_id as unit_id,
    stretch_from_date as valid_from_date,
    stretch_to_date as valid_to_date,
    is_success,
    cast(null as {{ dbt.type_string() }}) as period_grain,
    case when is_test then 'test_account' end as exclusion_reason,
    {{ segment_columns(indicator_attributes__program_engagement_rate()) }}
from stretches
where stretch_to_date is null or stretch_from_date < stretch_to_date
