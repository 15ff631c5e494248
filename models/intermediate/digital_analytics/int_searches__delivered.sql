{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['search_key'],
    meta={
        'units': ['source_session_key'],
    },
) }}

with

searches as (

    {{ latest_delivery(
        ref('stg_digital_analytics__search_queries'),
        'search_id',
        ['search_timestamp', 'session_id', 'search_query', 'search_results_count'],
    ) }}

),

final as (

    select
        {{ surrogate_key(['search_id']) }} as search_key,
        case
            when session_id is not null
                then {{ surrogate_key(['source_system', 'session_id']) }}
        end as source_session_key,
        {{ page_key_of_url('page_url') }} as page_key,
        search_id,
        session_id as source_session_id,
        source_system,
        user_id,
        customer_id,
        {{ single_spaced('coalesce(search_query_normalized, search_query)') }} as normalised_query,
        search_category,
        platform,
        page_url,
        search_results_count,
        results_clicked_count,
        search_duration_seconds,
        coalesce(search_results_count = 0, zero_results_flag, false) as is_zero_results,
        coalesce(results_clicked_count > 0, top_result_clicked, false) as is_clicked_through,
        search_timestamp,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch
    from searches

)

select * from final
