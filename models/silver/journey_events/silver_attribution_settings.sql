-- What the numbers beside it were made by: the vars of the build, which no other table tells
select
    '{{ var("attribution_grain") }}' as attribution_grain,
    '{{ var("attribution_path_transform") }}' as path_transform,
    '{{ var("attribution_default_model") }}' as default_model,
    cast({{ var("attribution_lookback_seconds") }} as bigint) as lookback_seconds,
    cast({{ var("attribution_half_life_seconds") }} as bigint) as half_life_seconds,
    build_dates.as_of
from {{ ref('int_core__build_dates') }} as build_dates
