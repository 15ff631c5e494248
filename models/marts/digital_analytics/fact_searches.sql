with

searches as (select * from {{ ref('silver_searches') }}),

sessions as (select * from {{ ref('silver_web_sessions') }}),

platforms as (select * from {{ ref('dim_platform') }}),

final as (

    select

        -- keys
        searches.search_key,
        {{ date_key('searches.search_timestamp') }} as search_date_key,
        searches.session_key,
        searches.visitor_key,
        case
            when searches.customer_id is null then sessions.customer_key
            else {{ surrogate_key(['searches.source_system', 'searches.customer_id']) }}
        end as customer_key,
        {{ page_key_of_url('searches.page_url') }} as page_key,
        coalesce(platforms.platform_key, -1) as platform_key,
        coalesce(sessions.channel_key, {{ surrogate_key(["'Unassigned'"]) }}) as channel_key,

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
    left join sessions on searches.session_key = sessions.session_key
    left join platforms on lower(searches.platform) = platforms.platform_name
    where
        {{ var("include_bots") }}
        or not (
            searches.is_bot or searches.is_test
            or coalesce(sessions.is_bot or sessions.is_test, false)
        )

)

select * from final
