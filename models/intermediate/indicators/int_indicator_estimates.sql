-- grain: one row per indicator, grain, period and segment, with its value and its uncertainty
with

measures as (
    select
        measures.*,
        indicators.unit
    from {{ ref('int_indicator_measures') }} as measures
    inner join {{ ref('indicators') }} as indicators
        on measures.indicator_id = indicators.indicator_id
),

means as (
    select
        *,
        unit_count > 0 as is_measured,
        {{ mean_value('unit_count', 'value_sum') }} as mean_value,
        {{ standard_error('unit_count', 'value_sum', 'square_sum') }} as spread_error
    from measures
),

errors as (
    select
        *,
        -- an amount's spread is estimated from a sample: n - 1
        spread_error * sqrt(cast(unit_count as {{ type_double() }}) / nullif(unit_count - 1, 0))
            as sample_error
    from means
)

select
    indicator_id,
    period_grain,
    period_start_date,
    segment_dimension,
    segment_value,
    is_partial,
    unit_count,
    value_sum,
    case unit when 'points' then 100 * mean_value else mean_value end as indicator_value,
    case unit
        when 'points' then 100 * spread_error
        when 'amount' then sample_error
        else spread_error
    end as standard_error,
    case
        when not is_measured then null
        when unit = 'points'
            then 100 * {{ adjusted_wald_bound('unit_count', 'value_sum', 'square_sum', -1) }}
        when unit = 'amount' then mean_value - {{ interval_z() }} * sample_error
        else {{ wilson_bound('unit_count', 'value_sum', -1) }}
    end as ci_lower,
    case
        when not is_measured then null
        when unit = 'points'
            then 100 * {{ adjusted_wald_bound('unit_count', 'value_sum', 'square_sum', 1) }}
        when unit = 'amount' then mean_value + {{ interval_z() }} * sample_error
        else {{ wilson_bound('unit_count', 'value_sum', 1) }}
    end as ci_upper
from errors
