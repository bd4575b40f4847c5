-- Fails with every catalogue row that names a dimension which no indicator can be cut by.
select
    indicators.indicator_id,
    indicators.dimensions
from {{ ref('indicators') }} as indicators
left join {{ ref('int_indicator_dimensions') }} as known
    on
        indicators.indicator_id = known.indicator_id
        and known.segment_dimension != 'all'
group by indicators.indicator_id, indicators.dimensions
having
    count(known.segment_dimension)
    != length(indicators.dimensions) - length(replace(indicators.dimensions, '|', '')) + 1
