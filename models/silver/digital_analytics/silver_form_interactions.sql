with

interactions as (

    {{ latest_delivery(
        ref('stg_digital_analytics__form_interactions'),
        'interaction_id',
        ['interaction_timestamp', 'session_id', 'form_id', 'field_id', 'interaction_type'],
    ) }}

),

placed as (

    {{ placed_in_web_session('interactions', 'interaction_id', 'interaction_timestamp') }}

),

classified as (

    select
        *,
        coalesce(session_id, user_id, interaction_id) as form_visitor_id,
        case
            when session_id is not null then 'session'
            when user_id is not null then 'user'
            else 'none'
        end as form_visitor_id_type,
        coalesce(field_id, field_name) as field,
        coalesce(form_completed_flag or lower(interaction_type) = 'submit', false)
            as is_completion,
        coalesce(form_abandoned_flag or lower(interaction_type) = 'abandon', false)
            as is_abandonment,
        coalesce(field_error_flag or lower(interaction_type) = 'error', false) as is_error
    from placed
    where form_id is not null

),

-- what follows a form that was sent or given up is another attempt
attempts_counted as (

    select
        *,
        coalesce(sum(case when is_completion or is_abandonment then 1 else 0 end) over (
            partition by source_system, form_visitor_id_type, form_visitor_id, form_id
            order by interaction_timestamp, interaction_id
            rows between unbounded preceding and 1 preceding
        ), 0) as attempt_number
    from classified

),

final as (

    select

        -- keys
        {{ surrogate_key(['interaction_id']) }} as form_interaction_key,
        {{ surrogate_key([
            'source_system', 'form_visitor_id_type', 'form_visitor_id', 'form_id', 'attempt_number',
        ]) }} as form_session_key,
        session_key,
        visitor_key,

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
        field,
        field_name,
        field_type,
        field_position,
        lower(interaction_type) as interaction_type,
        platform,
        page_url,

        -- what came of it
        is_completion,
        is_abandonment,
        is_error,
        fields_total,
        time_on_field_seconds,

        -- who should not be counted
        is_bot,
        is_test,

        -- timestamps
        interaction_timestamp,
        ingestion_timestamp

    from attempts_counted

)

select * from final
