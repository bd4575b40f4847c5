-- grain: one row per membership and start of a tier, of any source, as loaded
{{ config(
    materialized='incremental',
    unique_key=['membership_id', 'valid_from_at'],
    on_schema_change='fail',
) }}

with

membership_tiers as (
    {{ union_sources([ref('stg_canonical__membership_tiers')]) }}
)

select
    source_id,
    membership_id,
    tier,
    valid_from_at,
    {{ local_date('valid_from_at') }} as valid_from_date,
    batch_id
from membership_tiers
where {{ new_rows() }}
