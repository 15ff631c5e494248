with

results as (

    {{ latest_delivery(
        ref('stg_digital_analytics__ab_test_results'),
        'result_id',
        ['result_timestamp', 'experiment_id', 'metric_name', 'conversion_flag', 'conversion_value'],
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

final as (

    select
        result_id,
        experiment_id,
        {{ surrogate_key(['unit_type', 'unit_scope', 'unit_id']) }} as unit_key,
        metric_name,
        coalesce(conversion_flag, false) as is_converted,
        conversion_value,
        result_timestamp
    from scoped
    where experiment_id is not null and unit_id is not null

)

select * from final
