-- grain: one row per indicator, day, closing day, reason and combination of attributes
-- The one pass over all units. A flow unit adds 1 on its date; a stock unit adds 1 on the first day
-- of a stretch and takes it away on the day after the last. Null period_grain: in all grains. Days
-- after the night's are here too: no row knows which night it is, so some units' rows can be added
-- and taken away without a look at the others.
{{ config(meta={'sums': ['row_count', 'unit_count', 'value_sum', 'square_sum']}) }}
{%- set flows = registered_indicators('flow') -%}
{%- set stocks = registered_indicators('stock') %}

with

-- a unit enters its stock and leaves it
directions as (
    select 1 as direction
    union all
    select -1 as direction
),

{% for indicator in flows -%}
{{ indicator.indicator_id }}_days as (
    select
        '{{ indicator.indicator_id }}' as indicator_id,
        period_grain,
        observed_date as activity_date,
        closing_date,
        exclusion_reason,
        {{ segment_columns(indicator.attributes) }},
        count(*) as row_count,
        count(*) as unit_count,
        sum(cast(unit_value as decimal(18, 4))) as value_sum,
        sum({{ squared_amount('unit_value') }}) as square_sum
    from {{ indicator.relation }}
    group by
        period_grain, observed_date, closing_date, exclusion_reason,
        {{ indicator.attributes | join(', ') }}
),

{% endfor -%}
{% for indicator in stocks -%}
{{ indicator.indicator_id }}_changes as (
    select
        units.*,
        directions.direction,
        case directions.direction when 1 then units.valid_from_date else units.valid_to_date end
            as activity_date
    from {{ indicator.relation }} as units
    cross join directions
),

{{ indicator.indicator_id }}_days as (
    select
        '{{ indicator.indicator_id }}' as indicator_id,
        changes.period_grain,
        changes.activity_date,
        cast(null as date) as closing_date,
        changes.exclusion_reason,
        {{ segment_columns(indicator.attributes) }},
        count(*) as row_count,
        sum(case when not changes.is_success then changes.direction else 0 end) as unit_count,
        sum(case when changes.is_success then changes.direction else 0 end) as value_sum,
        sum(case when changes.is_success then changes.direction else 0 end) as square_sum
    from {{ indicator.indicator_id }}_changes as changes
    -- a stretch without an end does not leave
    where changes.activity_date is not null
    group by
        changes.period_grain, changes.activity_date, changes.exclusion_reason,
        {{ indicator.attributes | join(', ') }}
),

{% endfor -%}
all_days as (
    {%- for indicator in flows + stocks %}
    select * from {{ indicator.indicator_id }}_days
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select
    indicator_id,
    period_grain,
    activity_date,
    closing_date,
    exclusion_reason,
    {%- for dimension in segment_dimensions() %}
    {{ dimension }},
    {%- endfor %}
    cast(row_count as bigint) as row_count,
    cast(unit_count as bigint) as unit_count,
    cast(value_sum as decimal(38, 4)) as value_sum,
    cast(square_sum as decimal(38, 8)) as square_sum
from all_days
