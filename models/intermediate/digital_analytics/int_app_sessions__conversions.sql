with

conversions as (

    select
        conversions.conversion_key,
        conversions.conversion_value,
        sessions.session_key
    from {{ ref('silver_conversions') }} as conversions
    inner join {{ ref('int_app_sessions__aggregated') }} as sessions
        on
            conversions.source_system = sessions.source_system
            and conversions.source_session_id = sessions.app_session_id
    qualify row_number() over (
        partition by conversions.conversion_key
        order by
            case
                when sessions.session_start_timestamp <= conversions.conversion_timestamp then 0
                else 1
            end,
            abs({{ seconds_between(
                'sessions.session_start_timestamp', 'conversions.conversion_timestamp'
            ) }}),
            sessions.session_key
    ) = 1

),

final as (

    select
        session_key,
        count(*) as conversion_count,
        sum(coalesce(conversion_value, 0)) as conversion_value
    from conversions
    group by session_key

)

select * from final
