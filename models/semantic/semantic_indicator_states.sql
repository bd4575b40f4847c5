-- grain: one row per stock, grain, last day of a period (or the night's date) and combination
-- A combination stays, at zero, when its last unit has left: so the newest day of any group of rows
-- is the newest day there is, and never an older one at which somebody was still there.
{%- set combination = 'indicator_id, period_grain, ' ~ segment_dimensions() | join(', ') %}

with

changes as (
    select days.*
    from {{ ref('int_indicator_days') }} as days
    inner join {{ ref('indicators') }} as indicators on days.indicator_id = indicators.indicator_id
    inner join {{ ref('int_indicator_coverage') }} as coverage
        on days.indicator_id = coverage.indicator_id and coverage.is_covered
    where indicators.kind = 'stock' and days.exclusion_reason is null
),

levels as (
    select
        {{ combination }},
        activity_date as valid_from_date,
        lead(activity_date) over running as valid_to_date,
        sum(value_sum) over running as numerator,
        sum(unit_count) over running as denominator
    from changes
    window running as (partition by {{ combination }} order by activity_date)
),

period_ends as (
    select
        periods.period_grain,
        least({{ add_days('periods.next_period_start_date', -1) }}, night.as_of_date) as state_date
    from {{ ref('int_periods') }} as periods
    cross join {{ ref('int_night') }} as night
),

-- what counts alike in every grain has one row per day, whatever ends on it
state_dates as (
    select distinct
        cast(null as {{ dbt.type_string() }}) as period_grain,
        state_date
    from period_ends
    union all
    select * from period_ends
)

select
    levels.indicator_id,
    levels.period_grain,
    state_dates.state_date,
    {%- for dimension in segment_dimensions() %}
    levels.{{ dimension }},
    {%- endfor %}
    cast(levels.numerator as decimal(38, 4)) as numerator,
    cast(levels.denominator as bigint) as denominator
from levels
inner join state_dates
    on
        coalesce(levels.period_grain, 'every') = coalesce(state_dates.period_grain, 'every')
        and levels.valid_from_date <= state_dates.state_date
        and {{ end_or_never('levels.valid_to_date') }} > state_dates.state_date
