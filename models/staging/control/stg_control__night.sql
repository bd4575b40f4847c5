-- grain: one row; the night's parameters
select as_of_date
from {{ source('control', 'night') }}
