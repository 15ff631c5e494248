{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['told_key'],
    meta={'touched_by': {'feature_day_key': {'silver_feature_usage': 'feature_day_key'}}},
) }}

with

told as (

    select
        feature_day_key,
        feature_id,
        feature_name,
        feature_category,
        feature_version,
        min(feature_type) as feature_type,
        min(usage_timestamp) as first_usage_timestamp,
        max(usage_timestamp) as last_usage_timestamp
    from {{ ref('silver_feature_usage') }}
    where
        feature_day_key is not null
        {% if is_incremental() %}
            and feature_day_key in ({{ touched('feature_day_key') }})
        {% endif %}
    group by feature_day_key, feature_id, feature_name, feature_category, feature_version

)

select
    {{ surrogate_key([
        'feature_day_key', 'feature_name', 'feature_category', 'feature_version'
    ]) }} as told_key,
    *
from told
