-- grain: one row per indicator of the catalogue
select
    indicator_id,
    label_en,
    label_sv,
    {{ definition_text('definition_en') }} as definition_en,
    {{ definition_text('definition_sv') }} as definition_sv,
    unit,
    kind,
    unit_of_analysis,
    is_headline,
    target_direction,
    target_value,
    base_window_days,
    window_days,
    minimum_base,
    dimensions,
    needed_entities,
    display_order,
    definition_version
from {{ ref('indicators') }}
