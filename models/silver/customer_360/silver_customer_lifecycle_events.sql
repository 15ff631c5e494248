{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['lifecycle_event_key'],
    meta={'units': ['source_customer_key']},
) }}

with

delivered as (

    {{ latest_delivery(
        ref('stg_customer_360__customer_lifecycle_events'),
        'event_id',
        [
            'event_timestamp', 'customer_id', 'event_type', 'lifecycle_stage_from',
            'lifecycle_stage_to', 'trigger_type', 'event_value',
        ],
    ) }}

),

coded as (

    select
        *,
        {{ stage_code('event_type') }} as event_code,
        {{ stage_code('lifecycle_stage_from') }} as told_from,
        {{ stage_code('lifecycle_stage_to') }} as told_to
    from delivered

),

-- a stage by its code or by another word for it; where none is told, what the type of event tells
staged as (

    select
        coded.*,
        coalesce(from_stages.stage_code, from_words.stage_code) as from_stage_code,
        coalesce(to_stages.stage_code, to_words.stage_code, event_words.stage_code) as entered_stage
    from coded
    left join {{ ref('lifecycle_stages') }} as from_stages
        on coded.told_from = from_stages.stage_code
    left join {{ ref('lifecycle_stage_words') }} as from_words
        on coded.told_from = from_words.word and from_words.word_kind = 'stage'
    left join {{ ref('lifecycle_stages') }} as to_stages on coded.told_to = to_stages.stage_code
    left join {{ ref('lifecycle_stage_words') }} as to_words
        on coded.told_to = to_words.word and to_words.word_kind = 'stage'
    left join {{ ref('lifecycle_stage_words') }} as event_words
        on
            coded.told_to is null
            and coded.event_code = event_words.word
            and event_words.word_kind = 'event'

),

final as (

    select

        -- keys
        {{ surrogate_key(['event_id']) }} as lifecycle_event_key,
        case
            when customer_id is not null
                then {{ surrogate_key([
                    "'" ~ var('default_source_system') ~ "'", 'customer_id'
                ]) }}
        end as source_customer_key,

        -- ids
        event_id,
        '{{ var("default_source_system") }}' as source_system,
        customer_id,

        -- the event
        lower(event_type) as event_type,
        lower(event_category) as event_category,
        from_stage_code,
        -- who is active again after a silence is what we call reactivated
        case
            when entered_stage = 'active' and from_stage_code in ('dormant', 'churned')
                then 'reactivated'
            else entered_stage
        end as to_stage_code,
        lower(trigger_type) as trigger_type,
        lower({{ json_text('trigger_details', 'reason') }}) as trigger_reason,
        event_value,

        -- timestamps
        event_timestamp,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch

    from staged

)

select * from final
