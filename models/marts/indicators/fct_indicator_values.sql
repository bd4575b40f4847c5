-- grain: one row per indicator, grain, period and segment
with

estimates as (
    select
        estimates.*,
        indicators.target_direction,
        indicators.target_value,
        indicators.definition_version,
        estimates.unit_count >= indicators.minimum_base as is_reportable,
        {{ add_periods('estimates.period_grain', 'estimates.period_start_date', -1) }}
            as previous_period_start_date
    from {{ ref('int_indicator_estimates') }} as estimates
    inner join {{ ref('indicators') }} as indicators
        on estimates.indicator_id = indicators.indicator_id
),

changes as (
    select
        estimates.*,
        previous.indicator_value as previous_value,
        estimates.indicator_value - previous.indicator_value as change,
        coalesce(previous.is_reportable, false) as is_previous_reportable,
        (estimates.indicator_value - previous.indicator_value)
        / nullif(
            sqrt(power(estimates.standard_error, 2) + power(previous.standard_error, 2)), 0
        ) as change_z_score
    from estimates
    left join estimates as previous
        on
            estimates.indicator_id = previous.indicator_id
            and estimates.period_grain = previous.period_grain
            and estimates.segment_dimension = previous.segment_dimension
            and estimates.segment_value = previous.segment_value
            and estimates.previous_period_start_date = previous.period_start_date
)

select
    indicator_id,
    period_grain,
    period_start_date,
    segment_dimension,
    segment_value,
    value_sum as numerator,
    unit_count as denominator,
    indicator_value,
    standard_error,
    ci_lower,
    ci_upper,
    target_value,
    case
        when unit_count = 0 then 'no_data'
        when not is_reportable then 'not_reportable'
        when target_value is null then 'no_target'
        when target_direction = 'above' and ci_lower > target_value then 'met'
        when target_direction = 'above' and ci_upper <= target_value then 'missed'
        when target_direction = 'below' and ci_upper < target_value then 'met'
        when target_direction = 'below' and ci_lower >= target_value then 'missed'
        else 'not_distinguishable'
    end as status,
    is_partial,
    is_reportable,
    previous_value,
    change,
    change_z_score,
    coalesce(abs(change_z_score) >= 1.96, false) and is_reportable and is_previous_reportable
        as is_significant_change,
    definition_version
from changes
