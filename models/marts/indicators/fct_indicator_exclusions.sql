-- grain: one row per indicator, grain, period and reason for which units were left out
select
    indicator_id,
    period_grain,
    period_start_date,
    exclusion_reason,
    unit_count
from {{ ref('int_indicator_levels') }}
where exclusion_reason is not null
