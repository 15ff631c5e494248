{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['form_field_key'],
    meta={
        'touched_by': {
            'form_session_key': {'silver_form_interactions': 'form_session_key'},
        },
        'selected_by': {
            'source_customer_key': {'silver_customer_identities': 'source_customer_key'},
        },
    },
) }}

-- depends_on: {{ ref('silver_customer_identities') }}
with

interactions as (

    select * from {{ ref('silver_form_interactions') }}
    where
        field is not null
        {% if is_incremental() %}
            and (
                form_session_key in ({{ touched('form_session_key') }})
                or form_session_key in (
                    select resolved.form_session_key
                    from {{ ref('silver_form_interactions') }} as resolved
                    where resolved.source_customer_key in ({{ touched('source_customer_key') }})
                )
            )
        {% endif %}

),

form_sessions as (select * from {{ ref('fact_form_sessions') }}),

-- where a form was given up is where it was touched last
ranked as (

    select
        *,
        row_number() over (
            partition by form_session_key order by interaction_timestamp desc, interaction_id desc
        ) = 1 as is_last
    from interactions

),

fields as (

    select
        form_session_key,
        field,
        min(field_name) as field_name,
        min(field_type) as field_type,
        min(field_position) as field_position,
        bool_or(is_last) as is_last,
        sum(case when interaction_type in ('change', 'error') then 1 else 0 end) as change_count,
        sum(case when is_error then 1 else 0 end) as error_count,
        sum(time_on_field_seconds) as seconds_on_field,
        count(*) as interaction_count,
        min(interaction_timestamp) as first_interaction_timestamp
    from ranked
    group by form_session_key, field

),

final as (

    select

        -- keys
        {{ surrogate_key(['fields.form_session_key', 'fields.field']) }} as form_field_key,
        fields.form_session_key,
        {{ date_key('fields.first_interaction_timestamp') }} as field_date_key,
        form_sessions.session_key,
        form_sessions.visitor_key,
        form_sessions.customer_key,
        form_sessions.page_key,

        -- attributes
        form_sessions.form_id,
        form_sessions.form_name,
        form_sessions.form_type,
        fields.field as field_id,
        fields.field_name,
        fields.field_type,
        form_sessions.is_abandoned and fields.is_last as is_abandonment_field,
        fields.error_count > 0 as has_error,

        -- measures
        fields.field_position,
        cast(fields.interaction_count as integer) as interaction_count,
        cast(greatest(fields.change_count - 1, 0) as integer) as correction_count,
        cast(fields.error_count as integer) as error_count,
        cast(fields.seconds_on_field as integer) as seconds_on_field,

        -- timestamps
        fields.first_interaction_timestamp

    from fields
    inner join form_sessions on fields.form_session_key = form_sessions.form_session_key

)

select * from final
