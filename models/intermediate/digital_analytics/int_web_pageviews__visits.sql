{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['pageview_key'],
    meta={'units': ['visit_key', 'source_session_key']},
) }}

-- Only what a visit is made of: the windows below sort every row, and narrow rows sort fast.
with

{% if is_incremental() %}
    changed as (

        select
            pageview_key,
            visitor_key,
            pageview_timestamp
        from {{ ref('silver_web_pageviews') }}
        where derived_in_batch > {{ last_batch_of(model.name) }}

    ),

    -- where a page view is now and where it was before
    first_changes as (

        select
            visitor_key,
            min(pageview_timestamp) as first_changed_at
        from (
            select
                visitor_key,
                pageview_timestamp
            from changed
            union all
            select
                known.visitor_key,
                known.pageview_timestamp
            from {{ this }} as known
            inner join changed on known.pageview_key = changed.pageview_key
        ) as places
        group by visitor_key

    ),

    -- what comes before the visit that had begun when something changed stays as it is
    touched_visitors as (

        select
            first_changes.visitor_key,
            coalesce(
                max(known.visit_start_timestamp), timestamp '0001-01-01 00:00:00'
            ) as touched_from
        from first_changes
        left join {{ this }} as known
            on
                first_changes.visitor_key = known.visitor_key
                and first_changes.first_changed_at > known.visit_start_timestamp
                and not {{ var("split_session_on_campaign") }}
        group by first_changes.visitor_key

    ),
{% endif %}

pageviews as (

    select pageviews.*
    from {{ ref('silver_web_pageviews') }} as pageviews
    {% if is_incremental() %}
        inner join touched_visitors
            on
                pageviews.visitor_key = touched_visitors.visitor_key
                and pageviews.pageview_timestamp >= touched_visitors.touched_from
    {% endif %}

),

gaps_measured as (

    select
        *,
        lag(pageview_timestamp) over visitor as previous_timestamp,
        lag(utm_campaign ignore nulls) over visitor as previous_campaign
    from pageviews
    window visitor as (partition by visitor_key order by pageview_timestamp, pageview_id)

),

visits_opened as (

    select
        *,
        max(
            case
                when
                    previous_timestamp is null
                    or pageview_timestamp
                    > previous_timestamp + interval '{{ var("session_gap_seconds") }}' second
                    or (
                        {{ var("split_session_on_campaign") }}
                        and utm_campaign <> previous_campaign
                    )
                    then pageview_timestamp
            end
        ) over visitor_so_far as visit_start_timestamp
    from gaps_measured
    window visitor_so_far as (
        partition by visitor_key order by pageview_timestamp, pageview_id
        rows between unbounded preceding and current row
    )

),

final as (

    select
        pageview_key,
        {{ surrogate_key(['visitor_key', 'visit_start_timestamp']) }} as visit_key,
        visitor_key,
        source_session_key,
        pageview_id,
        pageview_timestamp,
        visit_start_timestamp,
        measured_time_on_page_seconds,
        derived_in_batch as pageview_derived_in_batch,
        {{ batch_number() }} as derived_in_batch
    from visits_opened

)

select * from final
