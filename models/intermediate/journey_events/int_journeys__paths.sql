{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['journey_key'],
    meta={
        'touched_by': {'journey_key': {'int_journeys__activity': 'journey_key'}},
    },
) }}

with

touches as (

    select
        *,
        row_number() over (
            partition by journey_key order by activity_timestamp, activity_key
        ) as touch_number
    from {{ ref('int_journeys__activity') }}
    where
        is_touch
        {% if is_incremental() %}
            and journey_key in ({{ touched('journey_key') }})
        {% endif %}

),

paths as (

    select
        journey_key,
        {{ collected('channel_code', 'touch_number') }} as touchpoint_sequence,
        min_by(channel_code, touch_number) filter (where channel_code is not null)
            as first_channel_code,
        min_by(campaign_key, touch_number) filter (where campaign_key <> -1) as first_campaign_key
    from touches
    group by journey_key

),

channel_counts as (

    select
        journey_key,
        replace(channel_code, '"', '') as channel_code,
        count(*) as touch_count,
        row_number() over (
            partition by journey_key order by replace(channel_code, '"', '')
        ) as word_number
    from touches
    where channel_code is not null
    group by journey_key, replace(channel_code, '"', '')

),

channel_mixes as (

    select
        journey_key,
        {{ joined_words("concat('\"', channel_code, '\":', touch_count)", ',') }} as channel_mix
    from channel_counts
    group by journey_key

),

final as (

    select
        paths.*,
        case
            when channel_mixes.channel_mix is not null
                then concat('{', channel_mixes.channel_mix, '}')
        end as channel_touchpoints,
        {{ batch_number() }} as derived_in_batch
    from paths
    left join channel_mixes on paths.journey_key = channel_mixes.journey_key

)

select * from final
