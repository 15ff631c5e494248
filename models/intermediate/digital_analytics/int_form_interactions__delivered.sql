{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['form_interaction_key'],
    meta={
        'units': ['form_visitor_key'],
    },
) }}

with

interactions as (

    {{ latest_delivery(
        ref('stg_digital_analytics__form_interactions'),
        'interaction_id',
        ['interaction_timestamp', 'session_id', 'form_id', 'field_id', 'interaction_type'],
    ) }}

),

final as (

    select

        -- keys: whose attempts at a form follow one another
        {{ surrogate_key(['interaction_id']) }} as form_interaction_key,
        {{ surrogate_key([
            'source_system',
            "case when session_id is not null then 'session' when user_id is not null then 'user' end",
            'coalesce(session_id, user_id, interaction_id)', 'form_id',
        ]) }} as form_visitor_key,
        case
            when session_id is not null
                then {{ surrogate_key(['source_system', 'session_id']) }}
        end as source_session_key,
        {{ page_key_of_url('page_url') }} as page_key,

        -- ids
        interaction_id,
        session_id as source_session_id,
        source_system,
        user_id,
        customer_id,

        -- what
        form_id,
        form_name,
        form_type,
        coalesce(field_id, field_name) as field,
        field_name,
        field_type,
        field_position,
        lower(interaction_type) as interaction_type,
        platform,
        page_url,

        -- what came of it
        coalesce(form_completed_flag or lower(interaction_type) = 'submit', false)
            as is_completion,
        coalesce(form_abandoned_flag or lower(interaction_type) = 'abandon', false)
            as is_abandonment,
        coalesce(field_error_flag or lower(interaction_type) = 'error', false) as is_error,
        fields_total,
        time_on_field_seconds,

        -- timestamps
        interaction_timestamp,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch

    from interactions

)

select * from final
