{% set gap = var("search_refinement_seconds", 300) %}

with

searches as (

    {{ latest_delivery(
        ref('stg_digital_analytics__search_queries'),
        'search_id',
        ['search_timestamp', 'session_id', 'search_query', 'search_results_count'],
    ) }}

),

normalised as (

    select
        *,
        {{ single_spaced('coalesce(search_query_normalized, search_query)') }} as normalised_query
    from searches

),

placed as (

    {{ placed_in_web_session('normalised', 'search_id', 'search_timestamp') }}

),

-- a search that names no session follows none
neighbours_seen as (

    select
        *,
        lag(normalised_query) over in_session as previous_query,
        lag(search_timestamp) over in_session as previous_timestamp,
        lead(search_id) over in_session is null as is_last_search
    from placed
    window in_session as (
        partition by source_system, coalesce(session_id, search_id), session_id is null
        order by search_timestamp, search_id
    )

),

refined as (

    select
        *,
        coalesce(
            previous_query <> normalised_query
            and {{ seconds_between('previous_timestamp', 'search_timestamp') }} <= {{ gap }},
            false
        ) as is_refinement
    from neighbours_seen

),

chained as (

    select
        *,
        sum(case when is_refinement then 0 else 1 end) over (
            partition by source_system, coalesce(session_id, search_id), session_id is null
            order by search_timestamp, search_id
            rows between unbounded preceding and current row
        ) as chain_number
    from refined

),

final as (

    select

        -- keys
        {{ surrogate_key(['chained.search_id']) }} as search_key,
        chained.session_key,
        chained.visitor_key,
        {{ surrogate_key([
            'chained.source_system', 'coalesce(chained.session_id, chained.search_id)',
            'chained.session_id is null', 'chained.chain_number',
        ]) }} as search_chain_key,

        -- ids
        chained.search_id,
        chained.session_id as source_session_id,
        chained.source_system,
        chained.user_id,
        chained.customer_id,

        -- what
        chained.normalised_query,
        chained.search_category,
        chained.platform,
        chained.page_url,

        -- what came of it
        chained.search_results_count,
        chained.results_clicked_count,
        chained.top_result_clicked,
        chained.search_duration_seconds,
        coalesce(chained.search_results_count = 0, chained.zero_results_flag, false)
            as is_zero_results,
        coalesce(chained.results_clicked_count > 0, chained.top_result_clicked, false)
            as is_clicked_through,
        chained.is_refinement,
        case
            when chained.session_key is not null
                then
                    chained.is_last_search
                    and not coalesce(
                        chained.results_clicked_count > 0, chained.top_result_clicked, false
                    )
                    and sessions.session_end_timestamp <= chained.search_timestamp
        end as is_exit,

        -- who should not be counted
        chained.is_bot,
        chained.is_test,

        -- timestamps
        chained.search_timestamp,
        chained.ingestion_timestamp

    from chained
    left join {{ ref('silver_web_sessions') }} as sessions
        on chained.session_key = sessions.session_key

)

select * from final
