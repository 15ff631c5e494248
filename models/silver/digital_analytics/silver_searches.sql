{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['search_key'],
    meta={
        'touched_by': {
            'source_session_key': {
                'int_searches__delivered': 'source_session_key',
                'silver_web_event_sessions': 'source_session_key',
            },
            'search_key': {'int_searches__delivered': 'search_key'},
        },
        'units': ['source_customer_key'],
    },
) }}

with

searches as (

    select
        *,
        -- a search that names no session follows none
        coalesce(source_session_key, search_key) as follows_in
    from {{ ref('int_searches__delivered') }}
    {% if is_incremental() %}
        where
            source_session_key in ({{ touched('source_session_key') }})
            or search_key in ({{ touched('search_key') }})
    {% endif %}

),

neighbours_seen as (

    select
        *,
        lag(normalised_query) over in_session as previous_query,
        lag(search_timestamp) over in_session as previous_timestamp,
        lead(search_id) over in_session is null as is_last_search
    from searches
    window in_session as (partition by follows_in order by search_timestamp, search_id)

),

refined as (

    select
        *,
        coalesce(
            previous_query <> normalised_query
            and {{ seconds_between('previous_timestamp', 'search_timestamp') }}
            <= {{ var("search_refinement_seconds") }},
            false
        ) as is_refinement
    from neighbours_seen

),

chained as (

    select
        *,
        sum(case when is_refinement then 0 else 1 end) over (
            partition by follows_in order by search_timestamp, search_id
            rows between unbounded preceding and current row
        ) as chain_number
    from refined

),

final as (

    select

        -- keys
        chained.search_key,
        chained.source_session_key,
        places.session_key,
        places.visitor_key,
        case
            when chained.customer_id is not null
                then {{ surrogate_key(['chained.source_system', 'chained.customer_id']) }}
        end as source_customer_key,
        places.customer_key as session_customer_key,
        chained.page_key,
        places.channel_key,
        {{ surrogate_key(['chained.follows_in', 'chained.chain_number']) }} as search_chain_key,

        -- ids
        chained.search_id,
        chained.source_session_id,
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
        chained.search_duration_seconds,
        chained.is_zero_results,
        chained.is_clicked_through,
        chained.is_refinement,
        case
            when places.session_key is not null
                then
                    chained.is_last_search
                    and not chained.is_clicked_through
                    and places.session_end_timestamp <= chained.search_timestamp
        end as is_exit,

        -- who should not be counted
        coalesce(places.is_bot, false) as is_bot,
        coalesce(places.is_test, false) as is_test,

        -- timestamps
        chained.search_timestamp,
        chained.ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch

    from chained
    left join {{ ref('silver_web_event_sessions') }} as places
        on chained.search_key = places.event_key and places.event_kind = 'search'

)

select * from final
