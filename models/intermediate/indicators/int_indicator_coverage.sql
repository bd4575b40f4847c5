-- grain: one row per indicator: whether every table that it needs has been landed
{{ config(materialized='view') }}

select
    indicators.indicator_id,
    count(landed.entity)
    = length(indicators.needed_entities) - length(replace(indicators.needed_entities, '|', '')) + 1
        as is_covered
from {{ ref('indicators') }} as indicators
left join {{ ref('stg_control__landed_entities') }} as landed
    on '|' || indicators.needed_entities || '|' like '%|' || landed.entity || '|%'
group by indicators.indicator_id, indicators.needed_entities
