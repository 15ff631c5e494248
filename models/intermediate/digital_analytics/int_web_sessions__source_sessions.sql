{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['source_session_key', 'session_key'],
    meta={
        'touched_by': {
            'source_session_key': {'silver_web_pageview_sessions': 'source_session_key'},
        },
        'units': ['source_session_key'],
    },
) }}

with

source_sessions as (

    select
        source_session_key,
        session_key,
        min(session_start_timestamp) as session_start_timestamp
    from {{ ref('silver_web_pageview_sessions') }}
    where
        source_session_key is not null
        {% if is_incremental() %}
            and source_session_key in ({{ touched('source_session_key') }})
        {% endif %}
    group by source_session_key, session_key

),

final as (

    select
        *,
        count(*) over (partition by source_session_key) = 1 as is_only,
        {{ batch_number() }} as derived_in_batch
    from source_sessions

)

select * from final
