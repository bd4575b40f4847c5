-- grain: one row per canonical entity that any source has landed, with or without rows in it
select distinct entity
from {{ source('control', 'landed_entities') }}
