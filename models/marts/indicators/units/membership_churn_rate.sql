-- grain: one row per membership, grain and stretch of days in the base, cancelled, or left out
-- The base of a period is who was active the day before it: a membership is in it from the period
-- after its activation to the one that holds its cancellation, where it counts as lost.
{% macro stock_indicator__membership_churn_rate() %}
{{ return(ref('membership_churn_rate')) }}
{% endmacro %}
{% macro indicator_attributes__membership_churn_rate() %}
{{ return(['source_id', 'country_code']) }}
{% endmacro %}

with

memberships as (
    select
        memberships.*,
        coalesce(customers.country_code, 'unknown') as country_code
    from {{ ref('fct_memberships') }} as memberships
    left join {{ ref('int_described_customers') }} as customers
        on memberships.customer_id = customers.customer_id
    where
        memberships.activated_date is not null
        and (
            memberships.cancelled_date is null
            or memberships.cancelled_date > memberships.activated_date
        )
),

per_grain as (
    select
        memberships.*,
        grains.period_grain,
        {{ period_start('grains.period_grain', 'memberships.activated_date') }}
            as activated_period_date,
        {{ period_start('grains.period_grain', 'memberships.cancelled_date') }}
            as cancelled_period_date
    from memberships
    cross join {{ ref('int_period_grains') }} as grains
),

bounded as (
    select
        *,
        {{ add_periods('period_grain', 'activated_period_date', 1) }} as base_from_date,
        {{ add_periods('period_grain', 'cancelled_period_date', 1) }} as base_to_date
    from per_grain
),

stretches as (
    select
        *,
        base_from_date as valid_from_date,
        false as is_success
    from bounded
    union all
    select
        *,
        cancelled_period_date as valid_from_date,
        true as is_success
    from bounded
    where cancelled_period_date >= base_from_date and not is_test
)

select
    membership_id as unit_id,
    valid_from_date,
    base_to_date as valid_to_date,
    is_success,
    period_grain,
    case when is_test then 'test_account' end as exclusion_reason,
    {{ segment_columns(indicator_attributes__membership_churn_rate()) }}
from stretches
where base_to_date is null or valid_from_date < base_to_date
