with

classes_seen as (

    select
        screen_key,
        screen_class,
        min(screen_name) as screen_name,
        max(event_timestamp) as last_seen
    from {{ ref('silver_app_events') }}
    where screen_key <> -1
    group by screen_key, screen_class

),

-- what the last event with a class says of the screen; of the same instant, the first by name
screens as (

    select
        screen_key,
        screen_name,
        screen_class,
        lower(screen_name) as known_as,
        lower(screen_class) as class_name
    from classes_seen
    qualify row_number() over (
        partition by screen_key
        order by
            case when screen_class is null then 1 else 0 end asc,
            last_seen desc,
            screen_class asc
    ) = 1

),

-- the first that matches, so that «account_settings» is settings and «help_home» is help
categorised as (

    select
        *,
        case
            when
                {{ text_matches('known_as', "'(log_?in|sign_?(in|up)|password|register)'") }}
                then 'authentication'
            when {{ text_matches('known_as', "'(onboard|welcome|tutorial|intro|splash)'") }}
                then 'onboarding'
            when {{ text_matches('known_as', "'(setting|preference|notification|privacy)'") }}
                then 'settings'
            when {{ text_matches('known_as', "'(support|help|chat|faq|contact|feedback)'") }}
                then 'support'
            when {{ text_matches('known_as', "'(account|profile|wallet|card|my_)'") }}
                then 'account'
            when {{ text_matches('known_as', "'(search|find)'") }} then 'search'
            when {{ text_matches('known_as', "'^(home|main|dashboard|start)([ _-]?screen)?$'") }}
                then 'home'
            else 'feature'
        end as category
    from screens

),

final as (

    select
        screen_key,
        screen_name,
        screen_class,
        category as screen_category,
        case
            when class_name like '%activity' then 'activity'
            when class_name like '%fragment' then 'fragment'
            when class_name like '%controller' then 'view controller'
            when class_name like '%dialog' or class_name like '%sheet' then 'dialog'
            when class_name like '%view' or class_name like '%screen' then 'view'
            when class_name is not null then 'other'
        end as screen_type,
        category = 'home' as is_home_screen,
        category in ('feature', 'search') as is_feature_screen,
        category = 'account' as is_account_screen
    from categorised
    union all
    select
        -1 as screen_key,
        '(unknown)' as screen_name,
        null as screen_class,
        '(unknown)' as screen_category,
        null as screen_type,
        false as is_home_screen,
        false as is_feature_screen,
        false as is_account_screen

)

select * from final
