-- grain: one row per programme event of any source, as loaded
{{ config(
    materialized='incremental',
    unique_key='event_id',
    on_schema_change='fail',
    meta={'only_named': ['order_id']},
) }}

with

program_events as (
    {{ union_sources([ref('stg_canonical__program_events')]) }}
)

select
    source_id,
    event_id,
    membership_id,
    event_type,
    offer_id,
    order_id,
    point_count,
    occurred_at,
    {{ local_date('occurred_at') }} as occurred_date,
    batch_id
from program_events
where {{ new_rows() }}
