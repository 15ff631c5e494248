{% set typed_fields = [
    'version', 'active_flag', 'expected_duration_days', 'journey_stages', 'entry_criteria',
    'exit_criteria', 'success_criteria', 'orchestration_rules', 'touchpoint_strategy',
    'channel_preferences', 'personalization_rules', 'a_b_test_config', 'journey_attributes',
    'raw_payload', 'created_timestamp', 'last_modified_timestamp', 'ingestion_timestamp',
] %}

with

source as (

    select * from {{ source('bronze', 'journey_definitions') }}

),

typed as (

    select

        -- ids
        {{ clean_text('journey_definition_id') }} as journey_definition_id,

        -- the journey
        {{ clean_text('journey_name') }} as journey_name,
        {{ clean_text('journey_type') }} as journey_type,
        {{ clean_text('journey_category') }} as journey_category,
        {{ clean_text('journey_objective') }} as journey_objective,
        {{ clean_text('target_segment') }} as target_segment,
        {{ within(as_integer('version'), 0, 1000000) }} as version,
        try_cast(active_flag as boolean) as active_flag,
        {{ within(as_integer('expected_duration_days'), 0, 36500) }} as expected_duration_days,
        {{ clean_text('created_by') }} as created_by,

        -- rules
        {{ as_array('journey_stages', 'json') }} as journey_stages,
        {{ as_json('entry_criteria') }} as entry_criteria,
        {{ as_json('exit_criteria') }} as exit_criteria,
        {{ as_json('success_criteria') }} as success_criteria,
        {{ as_json('orchestration_rules') }} as orchestration_rules,
        {{ as_json('touchpoint_strategy') }} as touchpoint_strategy,
        {{ as_json('channel_preferences') }} as channel_preferences,
        {{ as_json('personalization_rules') }} as personalization_rules,
        {{ as_json('a_b_test_config') }} as a_b_test_config,

        -- payloads
        {{ as_json('journey_attributes') }} as journey_attributes,
        {{ as_json('raw_payload') }} as raw_payload,

        -- timestamps
        {{ utc_timestamp('created_timestamp') }} as created_timestamp,
        {{ utc_timestamp('last_modified_timestamp') }} as last_modified_timestamp,
        {{ utc_timestamp('ingestion_timestamp') }} as ingestion_timestamp,

        -- as delivered
        created_timestamp as delivered_timestamp,
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
        {{ rejection_reason('journey_definition_id', 'created_timestamp') }} as rejection_reason
    from checked

)

select * from final
