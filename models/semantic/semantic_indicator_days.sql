-- grain: one row per flow that counts alike in every grain, day and combination of attributes
-- Such a unit is dated once, so days add up to any period and combinations to any segment.

select
    days.indicator_id,
    days.activity_date as observed_date,
    {%- for dimension in segment_dimensions() %}
    days.{{ dimension }},
    {%- endfor %}
    days.value_sum as numerator,
    days.unit_count as denominator
from {{ ref('int_indicator_days') }} as days
inner join {{ ref('indicators') }} as indicators on days.indicator_id = indicators.indicator_id
inner join {{ ref('int_indicator_coverage') }} as coverage
    on days.indicator_id = coverage.indicator_id and coverage.is_covered
where
    indicators.kind = 'flow'
    and days.period_grain is null
    and days.exclusion_reason is null
