-- grain: one row per indicator, grain, period, segment and reason: what changed in that period
with

days as (
    select * from {{ ref('int_indicator_days') }}
),

first_periods as (
    select
        period_grain,
        min(period_start_date) as first_period_start_date
    from {{ ref('int_periods') }}
    group by period_grain
),

dimensions as (
    select * from {{ ref('int_indicator_dimensions') }}
),

grain_days as (
    select
        days.*,
        first_periods.period_grain as grain,
        first_periods.first_period_start_date,
        {{ period_start('first_periods.period_grain', 'days.activity_date') }}
            as activity_period_start_date
    from days
    inner join first_periods
        on coalesce(days.period_grain, first_periods.period_grain) = first_periods.period_grain
),

period_days as (
    select
        *,
        greatest(activity_period_start_date, first_period_start_date) as clamped_period_start_date
    from grain_days
),

segments as (
    select
        period_days.indicator_id,
        dimensions.kind,
        period_days.grain as period_grain,
        -- what entered a stock before the first period is in it when that period begins
        case
            when dimensions.kind = 'stock'
                then period_days.clamped_period_start_date
            else period_days.activity_period_start_date
        end as period_start_date,
        dimensions.segment_dimension,
        case dimensions.segment_dimension
            when 'all' then 'all'
            {%- for dimension in segment_dimensions() %}
            when '{{ dimension }}' then period_days.{{ dimension }}
            {%- endfor %}
        end as segment_value,
        period_days.exclusion_reason,
        period_days.unit_count,
        period_days.value_sum,
        period_days.square_sum
    from period_days
    inner join dimensions
        on
            period_days.indicator_id = dimensions.indicator_id
            and (period_days.exclusion_reason is null or dimensions.segment_dimension = 'all')
)

select
    indicator_id,
    kind,
    period_grain,
    period_start_date,
    segment_dimension,
    segment_value,
    exclusion_reason,
    cast(sum(unit_count) as bigint) as unit_count,
    cast(sum(value_sum) as decimal(38, 4)) as value_sum,
    cast(sum(square_sum) as decimal(38, 8)) as square_sum
from segments
where segment_value is not null
group by
    indicator_id,
    kind,
    period_grain,
    period_start_date,
    segment_dimension,
    segment_value,
    exclusion_reason
