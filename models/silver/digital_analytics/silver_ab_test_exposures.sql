{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['exposure_key'],
    meta={'units': ['assignment_key', 'experiment_day_key', 'source_customer_key']},
) }}

with

exposures as (

    {{ latest_delivery(
        ref('stg_digital_analytics__ab_test_exposures'),
        'exposure_id',
        [
            'exposure_timestamp', 'experiment_id', 'variant_id', 'user_id', 'session_id',
            'customer_id', 'assignment_method', 'experiment_name', 'variant_name',
            'control_group_flag', 'exposure_attributes', 'platform', 'source_system',
        ],
    ) }}

),

-- the unit the test says it splits by, else who was seen
described as (

    select
        *,
        case
            when {{ json_text('exposure_attributes', 'unit_id') }} is not null
                then coalesce(lower({{ json_text('exposure_attributes', 'unit') }}), 'unit')
            when user_id is not null then 'user'
            when customer_id is not null then 'customer'
            when session_id is not null then 'session'
        end as unit_type,
        coalesce(
            {{ json_text('exposure_attributes', 'unit_id') }}, user_id, customer_id, session_id
        ) as unit_id
    from exposures

),

-- a login is one over all systems, a customer's or session's id only within its own
scoped as (

    select
        *,
        case when unit_type in ('customer', 'session') then source_system end as unit_scope
    from described

),

keyed as (

    select
        *,
        case
            when unit_id is not null
                then {{ surrogate_key(['unit_type', 'unit_scope', 'unit_id']) }}
        end as unit_key
    from scoped

),

final as (

    select

        -- keys
        {{ surrogate_key(['exposure_id']) }} as exposure_key,
        unit_key,
        -- a device is a visitor of web and app
        case
            when unit_type = 'device' then {{ surrogate_key(['unit_type', 'unit_id']) }}
        end as visitor_key,
        case
            when experiment_id is not null and unit_key is not null
                then {{ surrogate_key(['experiment_id', 'unit_key']) }}
        end as assignment_key,
        case
            when experiment_id is not null
                then {{ surrogate_key(['experiment_id', 'cast(exposure_timestamp as date)']) }}
        end as experiment_day_key,
        case
            when customer_id is not null
                then {{ surrogate_key(['source_system', 'customer_id']) }}
        end as source_customer_key,
        case
            when session_id is not null
                then {{ surrogate_key(['source_system', 'session_id']) }}
        end as source_session_key,

        -- ids
        exposure_id,
        experiment_id,
        variant_id,
        unit_type,
        unit_id,
        user_id,
        customer_id,
        session_id as source_session_id,
        source_system,

        -- the experiment as told by this exposure
        experiment_name,
        variant_name,
        control_group_flag,
        assignment_method,
        {{ json_text('exposure_attributes', 'allocation') }} as configured_split,
        {{ json_text('exposure_attributes', 'category') }} as experiment_category,
        {{ json_text('exposure_attributes', 'hypothesis') }} as hypothesis,
        {{ json_text('exposure_attributes', 'variant_description') }} as variant_description,

        -- where
        lower(platform) as platform,
        lower(device_type) as device_type,

        -- measures
        exposure_count,

        -- an arm that was forced on somebody is no random one
        (
            experiment_id is not null and variant_id is not null and unit_id is not null
            and coalesce(lower(assignment_method), '') <> 'forced'
        ) as counts_in_test,

        -- timestamps
        exposure_timestamp,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch

    from keyed

)

select * from final
