-- grain: one row per indicator and dimension that it is counted in, `all` among them
{{ config(materialized='view') }}

with

dimensions as (
    select 'all' as segment_dimension
    {%- for dimension in segment_dimensions() %}
    union all
    select '{{ dimension }}' as segment_dimension
    {%- endfor %}
)

select
    indicators.indicator_id,
    indicators.kind,
    dimensions.segment_dimension
from {{ ref('indicators') }} as indicators
inner join dimensions
    on
        dimensions.segment_dimension = 'all'
        or '|' || indicators.dimensions || '|' like '%|' || dimensions.segment_dimension || '|%'
