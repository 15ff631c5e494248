with

final as (

    select
        {{ surrogate_key(['platform_name']) }} as platform_key,
        platform_name,
        platform_label,
        platform_family,
        is_app
    from {{ ref('platforms') }}
    union all
    select
        -1 as platform_key,
        '(unknown)' as platform_name,
        'Unknown' as platform_label,
        '(unknown)' as platform_family,
        false as is_app

)

select * from final
