-- The guard: of a shared identifier only what follows a login is somebody's, of a kiosk nothing;
-- and what one person alone uses is never nobody's.
select
    identifier_key,
    attribution,
    customer_key,
    people_count
from {{ ref('silver_identity_map') }}
where
    (is_shared and customer_key is not null and attribution <> 'login')
    or (people_count > {{ var("identity_shared_people") }} and customer_key is not null)
    or (not is_shared and customer_key is null)
    or is_shared <> (people_count > 1)
