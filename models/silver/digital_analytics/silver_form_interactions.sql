{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['form_interaction_key'],
    meta={
        'touched_by': {
            'form_visitor_key': {'int_form_interactions__delivered': 'form_visitor_key'},
            'form_interaction_key': {'silver_web_event_sessions': 'event_key'},
        },
        'units': ['form_session_key', 'source_customer_key'],
    },
) }}

with

delivered as (select * from {{ ref('int_form_interactions__delivered') }}),

interactions as (

    select * from delivered
    where
        form_id is not null
        {% if is_incremental() %}
            and (
                form_visitor_key in ({{ touched('form_visitor_key') }})
                or form_visitor_key in (
                    select placed.form_visitor_key from delivered as placed
                    where placed.form_interaction_key in ({{ touched('form_interaction_key') }})
                )
            )
        {% endif %}

),

-- what follows a form that was sent or given up is another attempt
attempts_counted as (

    select
        *,
        coalesce(sum(case when is_completion or is_abandonment then 1 else 0 end) over (
            partition by form_visitor_key order by interaction_timestamp, interaction_id
            rows between unbounded preceding and 1 preceding
        ), 0) as attempt_number
    from interactions

),

final as (

    select

        -- keys
        attempts.form_interaction_key,
        attempts.form_visitor_key,
        {{ surrogate_key(['attempts.form_visitor_key', 'attempts.attempt_number']) }}
            as form_session_key,
        places.session_key,
        places.visitor_key,
        case
            when attempts.customer_id is not null
                then {{ surrogate_key(['attempts.source_system', 'attempts.customer_id']) }}
        end as source_customer_key,
        places.customer_key as session_customer_key,
        attempts.page_key,
        places.channel_key,

        -- ids
        attempts.interaction_id,
        attempts.source_session_id,
        attempts.source_system,
        attempts.user_id,
        attempts.customer_id,

        -- what
        attempts.form_id,
        attempts.form_name,
        attempts.form_type,
        attempts.field,
        attempts.field_name,
        attempts.field_type,
        attempts.field_position,
        attempts.interaction_type,
        attempts.platform,
        attempts.page_url,

        -- what came of it
        attempts.is_completion,
        attempts.is_abandonment,
        attempts.is_error,
        attempts.fields_total,
        attempts.time_on_field_seconds,

        -- who should not be counted
        coalesce(places.is_bot, false) as is_bot,
        coalesce(places.is_test, false) as is_test,

        -- timestamps
        attempts.interaction_timestamp,
        attempts.ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch

    from attempts_counted as attempts
    left join {{ ref('silver_web_event_sessions') }} as places
        on
            attempts.form_interaction_key = places.event_key
            and places.event_kind = 'form_interaction'

)

select * from final
