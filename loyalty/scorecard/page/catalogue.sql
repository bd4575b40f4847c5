-- grain: one row per indicator, in the catalogue's order
select
    indicator_id,
    label_sv,
    label_en,
    definition_sv,
    definition_en,
    unit,
    kind,
    unit_of_analysis,
    is_headline,
    target_direction,
    target_value,
    minimum_base,
    coalesce(needed_entities, '') as needed_entities,
    coalesce(dimensions, '') as dimensions,
    display_order
from indicators.dim_indicators
order by display_order, indicator_id
