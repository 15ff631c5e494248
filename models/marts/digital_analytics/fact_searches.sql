{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['search_key'],
    meta={
        'touched_by': {
            'search_key': {'silver_searches': 'search_key'},
        },
        'selected_by': {
            'source_customer_key': {'silver_customer_identities': 'source_customer_key'},
        },
    },
) }}

with

searches as (

    select * from {{ ref('silver_searches') }}
    where
        ({{ var("include_bots") }} or not (is_bot or is_test))
        {% if is_incremental() %}
            and (
                search_key in ({{ touched('search_key') }})
                or source_customer_key in ({{ touched('source_customer_key') }})
            )
        {% endif %}

),

identities as (select * from {{ ref('silver_customer_identities') }}),

platforms as (select * from {{ ref('dim_platform') }}),

final as (

    select

        -- keys
        searches.search_key,
        {{ date_key('searches.search_timestamp') }} as search_date_key,
        searches.session_key,
        searches.visitor_key,
        coalesce(
            identities.customer_key, searches.source_customer_key, searches.session_customer_key
        ) as customer_key,
        searches.page_key,
        coalesce(platforms.platform_key, -1) as platform_key,
        coalesce(searches.channel_key, {{ surrogate_key(["'Unassigned'"]) }}) as channel_key,

        -- attributes: the query itself stays in silver
        {{ surrogate_key(['searches.normalised_query']) }} as query_hash,
        cast(searches.search_chain_key as string) as search_chain,
        searches.search_category,
        searches.is_zero_results,
        searches.is_clicked_through,
        searches.is_refinement,
        searches.is_exit,

        -- measures
        cast(length(searches.normalised_query) as integer) as query_length,
        cast(
            length(searches.normalised_query)
            - length(replace(searches.normalised_query, ' ', '')) + 1 as integer
        ) as query_word_count,
        searches.search_results_count,
        searches.results_clicked_count,
        searches.search_duration_seconds,
        1 as search_count,

        -- timestamps
        searches.search_timestamp

    from searches
    left join identities on searches.source_customer_key = identities.source_customer_key
    left join platforms on lower(searches.platform) = platforms.platform_name

)

select * from final
