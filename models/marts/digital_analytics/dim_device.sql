with

web_devices as (

    select
        device_key,
        device_type,
        device_brand,
        device_model,
        browser,
        browser_version,
        os,
        os_version
    from {{ ref('silver_web_pageviews') }}
    where device_key <> -1
    group by all

),

app_devices as (

    select
        device_key,
        device_type,
        device_brand,
        device_model,
        cast(null as string) as browser,
        cast(null as string) as browser_version,
        os,
        os_version
    from {{ ref('silver_app_events') }}
    where device_key <> -1
    group by all

),

-- a browser without a name on a phone can be the same seven attributes as an app on it
final as (

    select * from web_devices
    union distinct
    select * from app_devices
    union all
    select
        -1 as device_key,
        '(unknown)' as device_type,
        null as device_brand,
        null as device_model,
        null as browser,
        null as browser_version,
        null as os,
        null as os_version

)

select * from final
