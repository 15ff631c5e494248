{% set typed_fields = [
    'field_position', 'time_to_interact_seconds', 'time_on_field_seconds', 'field_abandoned_flag',
    'field_error_flag', 'form_started_flag', 'form_completed_flag', 'form_abandoned_flag',
    'fields_completed', 'fields_total', 'completion_percentage', 'interaction_attributes',
    'raw_payload', 'interaction_timestamp', 'ingestion_timestamp',
] %}

with

source as (

    select * from {{ source('bronze', 'form_interactions') }}

),

typed as (

    select

        -- ids
        {{ clean_text('interaction_id') }} as interaction_id,
        {{ clean_text('session_id') }} as session_id,
        {{ clean_text('user_id') }} as user_id,
        {{ clean_text('customer_id') }} as customer_id,
        {{ clean_text('form_id') }} as form_id,
        {{ clean_text('field_id') }} as field_id,
        coalesce({{ clean_text('source_system') }}, '{{ var("default_source_system") }}')
            as source_system,

        -- the form
        {{ clean_text('form_name') }} as form_name,
        {{ clean_text('form_type') }} as form_type,
        {{ clean_text('field_name') }} as field_name,
        {{ clean_text('field_type') }} as field_type,
        {{ within(as_integer('field_position'), 0, 10000) }} as field_position,
        {{ clean_text('platform') }} as platform,
        {{ clean_text('page_url') }} as page_url,

        -- what was done
        {{ clean_text('interaction_type') }} as interaction_type,
        {{ within(as_integer('time_to_interact_seconds'), 0, 86400) }} as time_to_interact_seconds,
        {{ within(as_integer('time_on_field_seconds'), 0, 86400) }} as time_on_field_seconds,
        try_cast(field_abandoned_flag as boolean) as field_abandoned_flag,
        try_cast(field_error_flag as boolean) as field_error_flag,
        {{ clean_text('error_message') }} as error_message,

        -- the form's state
        try_cast(form_started_flag as boolean) as form_started_flag,
        try_cast(form_completed_flag as boolean) as form_completed_flag,
        try_cast(form_abandoned_flag as boolean) as form_abandoned_flag,
        {{ within(as_integer('fields_completed'), 0, 10000) }} as fields_completed,
        {{ within(as_integer('fields_total'), 0, 10000) }} as fields_total,
        {{ within('try_cast(completion_percentage as decimal(5, 2))', 0, 100) }}
            as completion_percentage,

        -- payloads
        {{ as_json('interaction_attributes') }} as interaction_attributes,
        {{ as_json('raw_payload') }} as raw_payload,

        -- timestamps
        {{ utc_timestamp('interaction_timestamp') }} as interaction_timestamp,
        {{ utc_timestamp('ingestion_timestamp') }} as ingestion_timestamp,

        -- as delivered
        interaction_timestamp as delivered_timestamp,
        {{ raw_fields(typed_fields) }} as raw,
        {{ whole_row('source') }} as delivered_row

    from source

),

checked as (

    select
        *,
        {{ nulled_columns(typed_fields) }} as nulled_columns
    from typed

),

final as (

    select
        *,
        {{ rejection_reason('interaction_id', 'interaction_timestamp') }} as rejection_reason
    from checked

)

select * from final
