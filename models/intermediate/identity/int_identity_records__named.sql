{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['record_key'],
    meta={
        'touched_by': {
            'source_customer_key': {'int_identity_records__name_fields': 'source_customer_key'},
        },
        'units': ['source_customer_key'],
    },
) }}

with

name_words as (select * from {{ ref('name_words') }}),

fields as (

    select * from {{ ref('int_identity_records__name_fields') }}
    {% if is_incremental() %}
        where source_customer_key in ({{ touched('source_customer_key') }})
    {% endif %}

),

-- each text once, since names repeat
texts as (

    {% for field in ['first', 'middle', 'last', 'full'] %}
        select distinct
            '{{ field }}' as field,
            {{ field }}_text as name_text
        from fields
        where {{ field }}_text is not null
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

split_texts as (

    select
        field,
        name_text,
        {{ words_of('name_text') }}
    from texts

),

-- a word is what the seed says only where such a word stands: «Junior» alone is a name
kinds as (

    select
        split_texts.*,
        case
            when split_texts.word = split_texts.name_text
                then case when split_texts.field = 'middle' and name_words.word_kind = 'suffix' then 'suffix' end
            when name_words.word_kind = 'title'
                then case when right(split_texts.name_text, length(split_texts.word) + 1) <> ' ' || split_texts.word then 'left out' end
            when name_words.word_kind = 'particle' and split_texts.field = 'last' then 'particle'
            when split_texts.word_number = 0 then null
            when name_words.word_kind = 'particle' and split_texts.field = 'full' and length(split_texts.word) > 1 then 'particle'
            when name_words.word_kind = 'suffix' then 'suffix'
            when name_words.word_kind = 'credential' then 'left out'
            when name_words.word_kind = 'connector' and split_texts.field = 'last' then 'left out'
        end as kind,
        name_words.standard_word
    from split_texts
    left join name_words on split_texts.word = name_words.word

),

names as (

    select
        field,
        name_text,
        max(case when kind = 'suffix' then standard_word end) as name_suffix,
        -- particles are written together with what follows
        trim({{ joined_words("""case
            when kind is null then word || ' '
            when kind = 'particle' then standard_word
        end""", '') }}) as standard_name
    from kinds
    group by field, name_text

),

usable as (

    select
        names.field,
        names.name_text,
        names.name_suffix,
        case
            when placeholders.value is not null then null
            when length(names.standard_name) > 2 and replace(names.standard_name, left(names.standard_name, 1), '') = '' then null
            else nullif(names.standard_name, '')
        end as standard_name
    from names
    left join {{ ref('identity_placeholders') }} as placeholders
        on names.standard_name = placeholders.value and placeholders.field = 'name'

),

final as (

    select
        fields.record_key,
        fields.source_customer_key,
        coalesce(
            case when right(given.standard_name, 2) like ' _' then left(given.standard_name, length(given.standard_name) - 2) end,
            given.standard_name,
            case when whole.standard_name like '% %' then split_part(whole.standard_name, ' ', 1) end
        ) as first_name,
        coalesce(
            between.standard_name,
            case when right(given.standard_name, 2) like ' _' then right(given.standard_name, 1) end,
            case when whole.standard_name like '% % %' then trim(substr(
                whole.standard_name,
                length(split_part(whole.standard_name, ' ', 1)) + 1,
                length(whole.standard_name) - length(split_part(whole.standard_name, ' ', 1))
                - length(split_part(whole.standard_name, ' ', -1))
            )) end
        ) as middle_name,
        coalesce(family.standard_name, split_part(whole.standard_name, ' ', -1)) as last_name,
        coalesce(
            family.name_suffix, whole.name_suffix, given.name_suffix, between.name_suffix,
            name_words.standard_word
        ) as name_suffix,
        {{ batch_number() }} as derived_in_batch
    from fields
    left join usable as given on fields.first_text = given.name_text and given.field = 'first'
    left join usable as between on fields.middle_text = between.name_text and between.field = 'middle'
    left join usable as family on fields.last_text = family.name_text and family.field = 'last'
    left join usable as whole on fields.full_text = whole.name_text and whole.field = 'full'
    left join name_words
        on fields.end_of_full_text = name_words.word and name_words.word_kind = 'suffix'

)

select * from final
