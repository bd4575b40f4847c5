-- grain: one row per share, review or referral on or before the night's date
with

shares as (
    select
        shares.*,
        coalesce(links.person_id, shares.customer_id) as person_id
    from {{ ref('int_shares') }} as shares
    cross join {{ ref('int_night') }} as night
    left join {{ ref('int_customer_links') }} as links on shares.customer_id = links.customer_id
    where {{ has_happened('shares.shared_date') }}
),

customers as (
    select * from {{ ref('int_described_customers') }}
)

select
    shares.share_id,
    shares.source_id,
    shares.person_id as customer_id,
    coalesce(customers.is_test or customers.is_employee, false) as is_test,
    -- a null kind is a share; a review tells nobody in particular
    coalesce(shares.share_kind, 'share') in ('share', 'referral') as is_recommendation,
    coalesce(shares.share_kind, 'share') as share_kind,
    shares.platform,
    shares.product_id,
    shares.shared_at,
    shares.shared_date
from shares
left join customers on shares.person_id = customers.customer_id
