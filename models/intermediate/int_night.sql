-- grain: one row; what the night knows of itself
{{ config(materialized='view', meta={'built': 'by_person'}) }}

with

night as (
    select * from {{ ref('stg_control__night') }}
),

landed_entities as (
    select * from {{ ref('stg_control__landed_entities') }}
)

select
    night.as_of_date,
    exists(
        select 1
        from landed_entities
        where landed_entities.entity = 'memberships'
    ) as has_memberships
from night
