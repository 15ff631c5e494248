{% set transform = var("attribution_path_transform") %}

-- What the Markov model must not forget: touches after which nobody bought.
with

conversions as (select * from {{ ref('int_attribution__conversions') }}),

touches as (select * from {{ ref('int_attribution__touches') }}),

conversion_types as (select distinct conversion_type from conversions),

-- before any transform: a touch that a path leaves out has led there all the same
converted as (

    select distinct
        conversions.conversion_type,
        touches.touch_key
    from conversions
    inner join touches
        on
            conversions.person_key = touches.person_key
            and conversions.conversion_timestamp >= touches.touch_timestamp
            and conversions.conversion_timestamp <= touches.touch_timestamp
            + interval '{{ var("attribution_lookback_seconds") }}' second

),

unconverted as (

    select
        conversion_types.conversion_type,
        touches.person_key,
        touches.touch_key,
        touches.node_key,
        touches.channel_name = 'Direct' as is_direct,
        touches.touch_timestamp,
        lag(touches.touch_timestamp) over (
            partition by conversion_types.conversion_type, touches.person_key
            order by touches.touch_timestamp, touches.touch_key
        ) as previous_timestamp
    from touches
    cross join conversion_types
    left join converted
        on
            touches.touch_key = converted.touch_key
            and conversion_types.conversion_type = converted.conversion_type
    where converted.touch_key is null

),

-- a touch that no conversion could share with the one before it begins another path
cut as (

    select
        *,
        sum(
            case
                when
                    previous_timestamp is null or touch_timestamp > previous_timestamp
                    + interval '{{ var("attribution_lookback_seconds") }}' second
                    then 1
                else 0
            end
        ) over (
            partition by conversion_type, person_key order by touch_timestamp, touch_key
            rows between unbounded preceding and current row
        ) as path_number
    from unconverted

),

transformed as (

    select * from cut
    {% if transform == 'collapse_repeats' %}
        qualify lag(node_key) over (
            partition by conversion_type, person_key, path_number
            order by touch_timestamp, touch_key
        ) is distinct from node_key
    {% elif transform == 'first' %}
        qualify row_number() over (
            partition by conversion_type, person_key, path_number, node_key
            order by touch_timestamp, touch_key
        ) = 1
    {% elif transform == 'drop_direct_unless_only' %}
        qualify not is_direct or bool_and(is_direct) over (
            partition by conversion_type, person_key, path_number
        )
    {% endif %}

),

final as (

    select
        conversion_type,
        person_key,
        cast(path_number as integer) as path_number,
        touch_key,
        node_key,
        lag(node_key) over path as previous_node_key,
        cast(row_number() over path as integer) as touch_number,
        lead(node_key) over path is null as is_last,
        touch_timestamp
    from transformed
    window path as (
        partition by conversion_type, person_key, path_number
        order by touch_timestamp, touch_key
    )

)

select * from final
