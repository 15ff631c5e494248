{% set measures = [
    'sessions', 'later_sessions', 'later_page_views', 'later_bounces', 'later_crashes',
    'site_conversions', 'site_value',
    'pre_sessions', 'pre_page_views', 'pre_conversions', 'pre_value',
] %}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['assignment_key'],
    meta={
        'touched_by': {
            'assignment_key': {'silver_ab_test_assignments': 'assignment_key'},
            'visitor_key': {
                'silver_web_sessions': 'visitor_key',
                'silver_mobile_sessions': 'visitor_key',
                'silver_web_event_sessions': 'visitor_key',
            },
            'source_customer_key': {
                'silver_web_sessions': 'source_customer_key',
                'silver_mobile_sessions': 'source_customer_key',
                'silver_conversions': 'source_customer_key',
            },
        },
    },
) }}

-- depends_on: {{ ref('silver_web_sessions') }}, {{ ref('silver_mobile_sessions') }}
-- depends_on: {{ ref('silver_web_event_sessions') }}, {{ ref('silver_conversions') }}

with

activity as (select * from {{ ref('int_ab_tests__activity') }}),

assignments as (

    select
        *,
        {{ var("include_bots") }} or not (is_bot or is_test) as is_person,
        coalesce(visitor_key, source_customer_key) is not null as is_followed
    from {{ ref('silver_ab_test_assignments') }}
    {% if is_incremental() %}
        where
            assignment_key in ({{ touched('assignment_key') }})
            or visitor_key in ({{ touched('visitor_key') }})
            or source_customer_key in ({{ touched('source_customer_key') }})
    {% endif %}

),

-- a unit by device is followed by its device, another by the customer it is known as
spans as (

    select
        assignment_key,
        coalesce(visitor_key, source_customer_key) as follower_key,
        exposure_timestamp,
        exposure_timestamp
        - interval '{{ var("experiment_pre_period_days") }}' day as followed_from,
        exposure_timestamp + interval '{{ var("experiment_outcome_days") }}' day as followed_to
    from assignments

),

met as (

    select
        spans.assignment_key,
        spans.exposure_timestamp,
        activity.*
    from spans
    inner join activity
        on
            spans.follower_key = activity.follower_key
            and spans.followed_from <= activity.began_at
            and spans.followed_to > activity.began_at

),

-- the session in which the variant was first shown is one of the sessions, and no later one
measured as (

    select
        assignment_key,
        sum(case when ended_at >= exposure_timestamp then sessions end) as sessions,
        sum(case when began_at > exposure_timestamp then sessions end) as later_sessions,
        sum(case when began_at > exposure_timestamp then page_views end) as later_page_views,
        sum(case when began_at > exposure_timestamp then bounces end) as later_bounces,
        sum(case when began_at > exposure_timestamp then crashes end) as later_crashes,
        sum(case when began_at >= exposure_timestamp then conversions end) as site_conversions,
        sum(case when began_at >= exposure_timestamp then conversion_value end) as site_value,
        sum(case when ended_at < exposure_timestamp then sessions end) as pre_sessions,
        sum(case when ended_at < exposure_timestamp then page_views end) as pre_page_views,
        sum(case when ended_at < exposure_timestamp then conversions end) as pre_conversions,
        sum(case when ended_at < exposure_timestamp then conversion_value end) as pre_value
    from met
    group by assignment_key

),

final as (

    select

        -- keys
        assignments.assignment_key,
        assignments.variant_key,
        assignments.visitor_key,
        assignments.source_customer_key,

        -- attributes
        assignments.experiment_id,
        assignments.variant_id,
        assignments.platform,
        assignments.device_type,
        assignments.is_followed,
        case
            when not assignments.is_followed then null
            when measured.pre_sessions > 0 then 'returning'
            else 'new'
        end as visitor_kind,
        assignments.is_person and assignments.is_contaminated as is_contaminated,
        assignments.is_person and not assignments.is_contaminated as counts_in_test,

        -- outcomes told of the test
        assignments.is_converted,
        cast(assignments.conversion_value as double) as conversion_value,
        assignments.time_to_conversion_minutes,

        -- outcomes seen in web and app, and what was before; null where the unit is not followed
        {% for measure in measures %}
            case
                when assignments.is_followed
                    then cast(coalesce(measured.{{ measure }}, 0) as double)
            end as {{ measure }},
        {% endfor %}
        case when assignments.is_followed then coalesce(measured.later_sessions > 0, false) end
            as has_returned,

        -- time
        cast(assignments.exposure_timestamp as date) as assigned_date

    from assignments
    left join measured on assignments.assignment_key = measured.assignment_key

)

select * from final
