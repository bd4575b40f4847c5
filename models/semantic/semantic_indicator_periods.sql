-- grain: one row per indicator counted anew in each grain, grain, period and combination
-- Periods of such an indicator do not add up. Beside each measured period its neighbours stand with
-- nothing: a group coarser than the grain then always holds two periods, by which it is known.
{%- set attributes = segment_dimensions() | join(', ') %}

with

flows as (
    select
        days.indicator_id,
        days.period_grain,
        {{ period_start('days.period_grain', 'days.activity_date') }} as period_start_date,
        {{ attributes }},
        days.value_sum as numerator,
        days.unit_count as denominator
    from {{ ref('int_indicator_days') }} as days
    inner join {{ ref('indicators') }} as indicators on days.indicator_id = indicators.indicator_id
    inner join {{ ref('int_indicator_coverage') }} as coverage
        on days.indicator_id = coverage.indicator_id and coverage.is_covered
    where
        indicators.kind = 'flow'
        and days.period_grain is not null
        and days.exclusion_reason is null
),

measured as (
    select * from flows
    union all
    select
        indicator_id,
        period_grain,
        {{ period_start('period_grain', 'state_date') }} as period_start_date,
        {{ attributes }},
        numerator,
        denominator
    from {{ ref('semantic_indicator_states') }}
    where period_grain is not null and denominator > 0
),

neighbours as (
    {%- for step in [-1, 1] %}
    select
        indicator_id,
        period_grain,
        {{ add_periods('period_grain', 'period_start_date', step) }} as period_start_date,
        {{ attributes }}
    from measured
    {%- if not loop.last %}
    union
    {%- endif %}
    {%- endfor %}
),

-- a month that stands alone in its quarter is all there is of it; a week may reach over two months
known_neighbours as (
    select neighbours.*
    from neighbours
    left join {{ ref('int_periods') }} as periods
        on
            neighbours.period_grain = periods.period_grain
            and neighbours.period_start_date = periods.period_start_date
    where neighbours.period_grain = 'week' or periods.period_start_date is not null
),

all_periods as (
    select * from measured
    union all
    select
        *,
        0 as numerator,
        0 as denominator
    from known_neighbours
)

select
    indicator_id,
    period_grain,
    period_start_date,
    {%- for dimension in segment_dimensions() %}
    {{ dimension }},
    {%- endfor %}
    cast(sum(numerator) as decimal(38, 4)) as numerator,
    cast(sum(denominator) as bigint) as denominator
from all_periods
group by indicator_id, period_grain, period_start_date, {{ attributes }}
