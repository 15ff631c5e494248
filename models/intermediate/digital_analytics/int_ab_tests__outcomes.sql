{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['result_id'],
    meta={'units': ['assignment_key']},
) }}

with

results as (

    {{ latest_delivery(
        ref('stg_digital_analytics__ab_test_results'),
        'result_id',
        [
            'result_timestamp', 'experiment_id', 'metric_name', 'conversion_flag',
            'conversion_value', 'user_id', 'customer_id', 'session_id', 'result_attributes',
            'source_system',
        ],
    ) }}

),

described as (

    select
        *,
        case
            when {{ json_text('result_attributes', 'unit_id') }} is not null
                then coalesce(lower({{ json_text('result_attributes', 'unit') }}), 'unit')
            when user_id is not null then 'user'
            when customer_id is not null then 'customer'
            when session_id is not null then 'session'
        end as unit_type,
        coalesce(
            {{ json_text('result_attributes', 'unit_id') }}, user_id, customer_id, session_id
        ) as unit_id
    from results

),

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
        result_id,
        experiment_id,
        unit_key,
        case
            when experiment_id is not null and unit_key is not null
                then {{ surrogate_key(['experiment_id', 'unit_key']) }}
        end as assignment_key,
        metric_name,
        metric_value,
        coalesce(conversion_flag, false) as is_converted,
        conversion_value,
        result_timestamp,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch
    from keyed

)

select * from final
