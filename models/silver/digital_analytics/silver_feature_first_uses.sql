{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['feature_user_key'],
    meta={
        'touched_by': {'feature_user_key': {'int_feature_usages__people': 'feature_user_key'}},
        'units': ['usage_key'],
    },
) }}

with

places as (

    select * from {{ ref('silver_web_event_sessions') }}
    where event_kind = 'feature_usage'

),

usages as (

    select
        feature_user_key,
        usage_key,
        usage_id,
        usage_timestamp,
        usage_key not in (
            select places.event_key from places
            where (places.is_bot or places.is_test) and not {{ var("include_bots") }}
        ) as is_counted
    from {{ ref('int_feature_usages__people') }}
    {% if is_incremental() %}
        where
            feature_user_key in (
                {{ touched('feature_user_key') }}
                union all
                select placed_anew.feature_user_key
                from {{ ref('int_feature_usages__people') }} as placed_anew
                where placed_anew.usage_key in (
                    select places.event_key from places
                    where places.derived_in_batch > {{ last_batch_of(model.name) }}
                )
            )
    {% endif %}

),

first_uses as (

    select * from usages
    qualify row_number() over (
        partition by feature_user_key
        order by case when is_counted then 0 else 1 end, usage_timestamp, usage_id
    ) = 1

)

-- of a program only its row stays, without a use: nobody would delete it else
select
    feature_user_key,
    case when is_counted then usage_key end as usage_key,
    {{ batch_number() }} as derived_in_batch
from first_uses
