{% set typed_fields = [
    'search_filters', 'search_refinements', 'search_results_count', 'results_clicked_count',
    'top_result_clicked', 'zero_results_flag', 'search_duration_seconds', 'search_attributes',
    'raw_payload', 'search_timestamp', 'ingestion_timestamp',
] %}

with

source as (

    select * from {{ source('bronze', 'search_queries') }}

),

typed as (

    select

        -- ids
        {{ clean_text('search_id') }} as search_id,
        {{ clean_text('session_id') }} as session_id,
        {{ clean_text('user_id') }} as user_id,
        {{ clean_text('customer_id') }} as customer_id,
        coalesce({{ clean_text('source_system') }}, '{{ var("default_source_system") }}')
            as source_system,

        -- the search
        {{ clean_text('search_query') }} as search_query,
        {{ clean_text('search_query_normalized') }} as search_query_normalized,
        {{ clean_text('search_category') }} as search_category,
        {{ as_json('search_filters') }} as search_filters,
        {{ as_array('search_refinements') }} as search_refinements,
        {{ clean_text('platform') }} as platform,
        {{ clean_text('page_url') }} as page_url,

        -- what came of it
        {{ within(as_integer('search_results_count'), 0, 2147483647) }} as search_results_count,
        {{ within(as_integer('results_clicked_count'), 0, 1000000) }} as results_clicked_count,
        try_cast(top_result_clicked as boolean) as top_result_clicked,
        try_cast(zero_results_flag as boolean) as zero_results_flag,
        {{ within(as_integer('search_duration_seconds'), 0, 86400) }} as search_duration_seconds,

        -- payloads
        {{ as_json('search_attributes') }} as search_attributes,
        {{ as_json('raw_payload') }} as raw_payload,

        -- timestamps
        {{ utc_timestamp('search_timestamp') }} as search_timestamp,
        {{ utc_timestamp('ingestion_timestamp') }} as ingestion_timestamp,

        -- as delivered
        search_timestamp as delivered_timestamp,
        {{ raw_fields(typed_fields) }} as raw,
        {{ whole_row('source') }} as delivered_row

    from source

),

checked as (

    select
        *,
        {{ nulled_columns(typed_fields) }} as nulled_columns
    from typed

),

final as (

    select
        *,
        {{ rejection_reason('search_id', 'search_timestamp') }} as rejection_reason
    from checked

)

select * from final
