{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['conversion_key', 'touch_key'],
    meta={
        'touched_by': {
            'person_key': {
                'int_attribution__conversions': 'person_key',
                'int_attribution__touches': 'person_key',
            },
        },
        'units': ['conversion_key'],
    },
) }}
{% set transform = var("attribution_path_transform") %}

with

{% if is_incremental() %}
    touched_people as ({{ touched('person_key') }}),
{% endif %}

conversions as (

    select * from {{ ref('int_attribution__conversions') }}
    {% if is_incremental() %}
        where person_key in (select touched_people.person_key from touched_people)
    {% endif %}

),

touches as (

    select * from {{ ref('int_attribution__touches') }}
    {% if is_incremental() %}
        where person_key in (select touched_people.person_key from touched_people)
    {% endif %}

),

-- a conversion that nothing touched has one touch, «(none)»
reached as (

    select
        conversions.*,
        coalesce(touches.touch_key, -1) as touch_key,
        touches.touch_kind,
        coalesce(touches.channel_key, {{ surrogate_key(["'(none)'"]) }}) as channel_key,
        coalesce(touches.campaign_key, -1) as campaign_key,
        coalesce(touches.node_key, {{ surrogate_key(["'(none)'"]) }}) as node_key,
        coalesce(touches.channel_name = 'Direct', false) as is_direct,
        touches.touch_timestamp
    from conversions
    left join touches
        on
            conversions.person_key = touches.person_key
            and conversions.conversion_timestamp >= touches.touch_timestamp
            and conversions.conversion_timestamp <= touches.touch_timestamp
            + interval '{{ var("attribution_lookback_seconds") }}' second

),

transformed as (

    select * from reached
    {% if transform == 'collapse_repeats' %}
        qualify lag(node_key) over (
            partition by conversion_key order by touch_timestamp, touch_key
        ) is distinct from node_key
    {% elif transform == 'first' %}
        qualify row_number() over (
            partition by conversion_key, node_key order by touch_timestamp, touch_key
        ) = 1
    {% elif transform == 'drop_direct_unless_only' %}
        qualify not is_direct or bool_and(is_direct) over (partition by conversion_key)
    {% endif %}

),

placed as (

    select
        *,
        row_number() over path as touch_number,
        lag(node_key) over path as previous_node_key,
        count(*) over whole_path as touch_count,
        max(touch_timestamp) over whole_path as last_touch_timestamp,
        count(*) over (partition by conversion_key, node_key) as node_touches
    from transformed
    -- one order for all, so that it is sorted once
    window
        path as (partition by conversion_key order by touch_timestamp, touch_key),
        whole_path as (
            partition by conversion_key order by touch_timestamp, touch_key
            rows between unbounded preceding and unbounded following
        )

),

final as (

    select
        conversion_key,
        touch_key,
        person_key,
        customer_key,
        visitor_key,
        conversion_type,
        conversion_class,
        touch_kind,
        channel_key,
        campaign_key,
        node_key,
        previous_node_key,
        cast(touch_number as integer) as touch_number,
        cast(touch_count as integer) as touch_count,
        cast(node_touches as integer) as node_touches,
        is_direct,
        {{ seconds_between('touch_timestamp', 'last_touch_timestamp') }}
            as seconds_before_last_touch,
        conversion_value,
        touch_timestamp,
        conversion_timestamp,
        {{ batch_number() }} as derived_in_batch
    from placed

)

select * from final
