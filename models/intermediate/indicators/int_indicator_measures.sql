-- grain: one row per indicator, grain, period and segment, with its base and sums
-- The total has a row for every period, empty ones too; other segments only where there is a base.
with

levels as (
    select * from {{ ref('int_indicator_levels') }}
    where exclusion_reason is null
),

totals as (
    select
        indicators.indicator_id,
        periods.period_grain,
        periods.period_start_date,
        'all' as segment_dimension,
        'all' as segment_value
    from {{ ref('indicators') }} as indicators
    cross join {{ ref('int_periods') }} as periods
),

segments as (
    select
        indicator_id,
        period_grain,
        period_start_date,
        segment_dimension,
        segment_value
    from levels
    union
    select * from totals
)

select
    segments.indicator_id,
    segments.period_grain,
    segments.period_start_date,
    segments.segment_dimension,
    segments.segment_value,
    periods.is_partial,
    coalesce(levels.unit_count, 0) as unit_count,
    coalesce(levels.value_sum, 0) as value_sum,
    coalesce(levels.square_sum, 0) as square_sum
from segments
inner join {{ ref('int_periods') }} as periods
    on
        segments.period_grain = periods.period_grain
        and segments.period_start_date = periods.period_start_date
left join levels
    on
        segments.indicator_id = levels.indicator_id
        and segments.period_grain = levels.period_grain
        and segments.period_start_date = levels.period_start_date
        and segments.segment_dimension = levels.segment_dimension
        and segments.segment_value = levels.segment_value
