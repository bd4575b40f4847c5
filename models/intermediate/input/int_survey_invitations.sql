-- grain: one row per invitation of any source, as loaded
{{ config(materialized='incremental', unique_key='invitation_id', on_schema_change='fail') }}

with

survey_invitations as (
    {{ union_sources([ref('stg_canonical__survey_invitations')]) }}
)

select
    source_id,
    invitation_id,
    customer_id,
    order_id,
    delivery_id,
    case_id,
    survey_kind,
    survey_channel,
    delivery_status,
    sent_at,
    {{ local_date('sent_at') }} as sent_date,
    batch_id
from survey_invitations
where {{ new_rows() }}
