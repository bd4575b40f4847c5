-- grain: one row per indicator, day, closing day, reason and combination of attributes
-- The units' days as the night sees them: a flow whose day is still to come counts on the night's
-- date, one whose window is open is left out, and stocks do not change ahead.
{{ config(materialized='view') }}

select
    days.indicator_id,
    days.period_grain,
    least(days.activity_date, night.as_of_date) as activity_date,
    case
        when days.exclusion_reason is null and days.closing_date > night.as_of_date
            then 'window_not_closed'
        else days.exclusion_reason
    end as exclusion_reason,
    {%- for dimension in segment_dimensions() %}
    days.{{ dimension }},
    {%- endfor %}
    days.unit_count,
    days.value_sum,
    days.square_sum
from {{ ref('int_unit_days') }} as days
cross join {{ ref('int_night') }} as night
inner join {{ ref('indicators') }} as indicators on days.indicator_id = indicators.indicator_id
where indicators.kind = 'flow' or {{ has_happened('days.activity_date') }}
