{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['response_key'],
    meta={
        'touched_by': {
            'subject_key': {
                'silver_customer_interactions': 'interaction_key',
                'silver_customer_complaints': 'complaint_key',
            },
        },
        'selected_by': {
            'source_customer_key': {'silver_customer_identities': 'source_customer_key'},
        },
    },
) }}
{% set questions = {
    'nps': 'nps_score', 'csat': 'satisfaction_score', 'ces': 'effort_score',
} %}

-- depends_on: {{ ref('silver_customer_interactions') }}
with

-- who gave no answer gave none: that is no zero
answers as (

    {% for question, score in questions.items() %}
        select
            interaction_key as subject_key,
            'interaction' as subject,
            '{{ question }}' as question,
            {{ score }} as score,
            source_customer_key,
            channel_key,
            channel_code,
            product_discussed as product_word,
            interaction_type_key,
            interaction_timestamp as response_timestamp
        from {{ ref('silver_customer_interactions') }}
        where {{ score }} is not null
        union all
    {% endfor %}
    select
        complaint_key as subject_key,
        'complaint' as subject,
        'csat' as question,
        satisfaction_rating as score,
        source_customer_key,
        channel_key,
        channel_code,
        product_involved as product_word,
        -1 as interaction_type_key,
        -- whoever rates how a complaint was handled has seen the end of it
        coalesce(resolution_timestamp, complaint_timestamp) as response_timestamp
    from {{ ref('silver_customer_complaints') }}
    where satisfaction_rating is not null

),

named as (

    select
        answers.*,
        {{ surrogate_key(['answers.subject', 'answers.subject_key', 'answers.question']) }}
            as response_key,
        coalesce(products.product_key, -1) as product_key
    from answers
    left join {{ ref('silver_product_words') }} as products
        on lower(answers.product_word) = products.product_word

),

{% if is_incremental() %}
    -- a product became known
    renamed as (

        select named.response_key
        from named
        inner join {{ this }} as known on named.response_key = known.response_key
        where named.product_key <> known.product_key

    ),
{% endif %}

identities as (select * from {{ ref('silver_customer_identities') }}),

final as (

    select

        -- keys
        named.response_key,
        named.subject_key,
        {{ date_key('named.response_timestamp') }} as response_date_key,
        coalesce(identities.customer_key, named.source_customer_key) as customer_key,
        named.channel_key,
        named.interaction_type_key,
        named.product_key,

        -- what
        named.subject,
        named.question,
        coalesce(named.channel_code, '(unknown)') as response_channel,

        -- the answer
        named.score,
        case
            when named.question = 'nps' and named.score >= 9 then 'promoter'
            when named.question = 'nps' and named.score >= 7 then 'passive'
            when named.question = 'nps' then 'detractor'
            when named.question = 'ces' then 'effort'
            when named.score >= {{ var("satisfaction_scale") }} - 1 then 'satisfied'
            else 'not satisfied'
        end as response_group,
        1 as response_count,

        -- when
        named.response_timestamp

    from named
    left join identities on named.source_customer_key = identities.source_customer_key
    {% if is_incremental() %}
        where
            named.subject_key in ({{ touched('subject_key') }})
            or named.source_customer_key in ({{ touched('source_customer_key') }})
            or named.response_key in (select renamed.response_key from renamed)
    {% endif %}

)

select * from final
