{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['session_key'],
    meta={
        'touched_by': {'session_key': {'silver_session_parts': 'session_key'}},
        'selected_by': {
            'part_key': {
                'silver_web_sessions': 'session_key',
                'silver_mobile_sessions': 'session_key',
                'int_customer_events__delivered': 'event_key',
                'int_touchpoints__responded': 'touchpoint_key',
            },
            'conversion_key': {'silver_conversions': 'conversion_key'},
        },
        'units': ['session_key', 'person_key'],
    },
) }}

-- depends_on: {{ ref('silver_web_sessions') }}, {{ ref('silver_mobile_sessions') }}
-- depends_on: {{ ref('int_customer_events__delivered') }}, {{ ref('silver_conversions') }}
-- depends_on: {{ ref('int_touchpoints__responded') }}, {{ ref('silver_web_event_sessions') }}
with

parts as (

    select * from {{ ref('silver_session_parts') }}
    {% if is_incremental() %}
        where
            session_key in (
                {{ touched('session_key') }}
                union all
                select measured_anew.session_key
                from {{ ref('silver_session_parts') }} as measured_anew
                where measured_anew.part_key in (
                    {{ touched('part_key') }}
                    union all
                    select places.session_key
                    from {{ ref('silver_web_event_sessions') }} as places
                    where
                        places.event_kind = 'conversion'
                        and places.event_key in ({{ touched('conversion_key') }})
                )
            )
    {% endif %}

),

measured as (

    select
        parts.*,
        {% for column in [
            'pageview_count', 'unique_page_count', 'screen_count', 'app_event_count',
            'click_count', 'scroll_count', 'max_scroll_depth_pct', 'told_conversion_count',
            'told_conversion_value', 'device_key', 'entry_page', 'exit_page',
            'landing_page_category', 'referrer_type',
        ] %}
            visits.{{ column }},
        {% endfor %}
        {% for column in [
            'event_count', 'device_event_count', 'click_event_count', 'other_event_count',
            'touch_click_count', 'event_conversion_count', 'event_conversion_value',
            'engagement_weight', 'journey_key',
        ] %}
            moments.{{ column }},
        {% endfor %}
        coalesce(visits.channel_code, moments.channel_code) as channel_code,
        coalesce(visits.arrival_channel_key, moments.arrival_channel_key) as arrival_channel_key,
        coalesce(visits.arrival_campaign_key, moments.arrival_campaign_key)
            as arrival_campaign_key,
        coalesce(visits.conversion_type, moments.conversion_type) as conversion_type,
        coalesce(visits.data_quality_score, moments.data_quality_score) as data_quality_score,
        coalesce(visits.created_timestamp, moments.created_timestamp) as created_timestamp
    from parts
    left join {{ ref('int_session_parts__visits') }} as visits
        on parts.part_kind = visits.part_kind and parts.part_key = visits.part_key
    left join {{ ref('int_session_parts__moments') }} as moments
        on parts.part_kind = moments.part_kind and parts.part_key = moments.part_key

),

final as (

    select
        session_key,
        min(session_start_timestamp) as session_start_timestamp,
        max(part_end_timestamp) as session_end_timestamp,

        -- who: a session has one person, a program's one visitor
        min_by(visitor_key, part_number) as visitor_key,
        min_by(visitor_id_type, part_number) as visitor_id_type,
        min_by(customer_key, part_number) filter (where customer_key is not null) as customer_key,
        case
            when bool_or(is_bot or is_test) then min_by(visitor_key, part_number)
            else coalesce(max(customer_key), min_by(visitor_key, part_number))
        end as person_key,
        bool_or(is_authenticated) as is_authenticated,

        -- where the first that tells came from, and where it went
        min_by(arrival_channel_key, part_number) filter (where arrival_channel_key is not null)
            as channel_key,
        min_by(arrival_campaign_key, part_number) filter (where arrival_channel_key is not null)
            as campaign_key,
        min_by(device_key, part_number) filter (where device_key <> -1) as device_key,
        min_by(entry_page, part_number) filter (where entry_page is not null) as entry_page,
        max_by(exit_page, part_number) filter (where exit_page is not null) as exit_page,
        min_by(landing_page_category, part_number) filter (
            where part_kind = 'web_session' and landing_page_category is not null
        ) as landing_page_category,
        min_by(referrer_type, part_number) filter (where referrer_type is not null)
            as referrer_type,
        min_by(journey_key, part_number) filter (where journey_key is not null) as journey_key,
        min_by(conversion_type, part_number) filter (where conversion_type is not null)
            as conversion_type,

        -- what it is made of
        count(distinct sitting_key) as sitting_count,
        count(*) filter (where part_kind = 'web_session') as web_session_count,
        count(*) filter (where part_kind = 'app_session') as app_session_count,
        count(distinct channel_code) as channel_count,

        -- measures
        {% for measure in [
            'event', 'pageview', 'unique_page', 'screen', 'app_event', 'click', 'scroll',
            'device_event', 'click_event', 'other_event', 'touch_click', 'told_conversion',
            'event_conversion',
        ] %}
            coalesce(sum({{ measure }}_count), 0) as {{ measure }}_count,
        {% endfor %}
        coalesce(sum(told_conversion_value), 0) as told_conversion_value,
        coalesce(sum(event_conversion_value), 0) as event_conversion_value,
        coalesce(sum(engagement_weight), 0) as engagement_weight,
        max(max_scroll_depth_pct) as max_scroll_depth_pct,
        avg(data_quality_score) as data_quality_score,

        -- flags
        bool_or(is_capped) as is_capped,
        bool_or(is_bot) as is_bot,
        bool_or(is_test) as is_test,
        max(created_timestamp) as created_timestamp,
        {{ batch_number() }} as derived_in_batch

    from measured
    group by session_key

)

select * from final
