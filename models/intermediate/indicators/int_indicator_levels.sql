-- grain: one row per indicator, grain, period, segment and reason: what is counted for that period
-- A flow's count is what its period brought; a stock's is the running sum of all changes so far.
with

sums as (
    select * from {{ ref('int_indicator_sums') }}
),

stock_segments as (
    select distinct
        indicator_id,
        period_grain,
        segment_dimension,
        segment_value,
        exclusion_reason
    from sums
    where kind = 'stock'
),

stock_periods as (
    select
        stock_segments.*,
        periods.period_start_date
    from stock_segments
    inner join {{ ref('int_periods') }} as periods
        on stock_segments.period_grain = periods.period_grain
),

stock_levels as (
    select
        stock_periods.indicator_id,
        stock_periods.period_grain,
        stock_periods.period_start_date,
        stock_periods.segment_dimension,
        stock_periods.segment_value,
        stock_periods.exclusion_reason,
        sum(coalesce(sums.unit_count, 0)) over running as unit_count,
        sum(coalesce(sums.value_sum, 0)) over running as value_sum,
        sum(coalesce(sums.square_sum, 0)) over running as square_sum
    from stock_periods
    left join sums
        on
            stock_periods.indicator_id = sums.indicator_id
            and stock_periods.period_grain = sums.period_grain
            and stock_periods.period_start_date = sums.period_start_date
            and stock_periods.segment_dimension = sums.segment_dimension
            and stock_periods.segment_value = sums.segment_value
            and coalesce(stock_periods.exclusion_reason, '') = coalesce(sums.exclusion_reason, '')
    window
        running as (
            partition by
                stock_periods.indicator_id,
                stock_periods.period_grain,
                stock_periods.segment_dimension,
                stock_periods.segment_value,
                stock_periods.exclusion_reason
            order by stock_periods.period_start_date
        )
),

levels as (
    select
        indicator_id,
        period_grain,
        period_start_date,
        segment_dimension,
        segment_value,
        exclusion_reason,
        unit_count,
        value_sum,
        square_sum
    from sums
    where kind = 'flow'
    union all
    select * from stock_levels
)

select
    levels.indicator_id,
    levels.period_grain,
    levels.period_start_date,
    levels.segment_dimension,
    levels.segment_value,
    levels.exclusion_reason,
    cast(levels.unit_count as bigint) as unit_count,
    cast(levels.value_sum as {{ type_double() }}) as value_sum,
    cast(levels.square_sum as {{ type_double() }}) as square_sum
from levels
inner join {{ ref('int_indicator_coverage') }} as coverage
    on levels.indicator_id = coverage.indicator_id
where levels.unit_count > 0 and coverage.is_covered
