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

split as (

    select
        field,
        name_text,
        {{ words_of('name_text') }}
    from texts

),

-- a word is what the seed says only where such a word stands: «Junior» alone is a name
kinds as (

    select
        split.*,
        case
            when split.word = split.name_text then
                case when split.field = 'middle' and word_kind = 'suffix' then 'suffix' end
            when word_kind = 'title' and right(split.name_text, length(split.word) + 1) <> ' ' || split.word
                then 'left out'
            when word_kind = 'credential' and split.word_number > 0 then 'left out'
            when word_kind = 'connector' and split.word_number > 0 and split.field = 'last' then 'left out'
            when word_kind = 'suffix' and split.word_number > 0 then 'suffix'
            when word_kind = 'particle' and split.field = 'last' then 'particle'
            when
                word_kind = 'particle' and split.field = 'full'
                and split.word_number > 0 and length(split.word) > 1
                then 'particle'
        end as kind,
        name_words.standard_word
    from split
    left join name_words on split.word = name_words.word

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
        end""", '') }}) as name
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
            when length(names.name) > 2 and replace(names.name, left(names.name, 1), '') = '' then null
            else nullif(names.name, '')
        end as name
    from names
    left join {{ ref('identity_placeholders') }} as placeholders
        on names.name = placeholders.value and placeholders.field = 'name'

),

final as (

    select
        fields.record_key,
        fields.source_customer_key,
        coalesce(
            case when right(first.name, 2) like ' _' then left(first.name, length(first.name) - 2) end,
            first.name,
            case when whole.name like '% %' then split_part(whole.name, ' ', 1) end
        ) as first_name,
        coalesce(
            middle.name,
            case when right(first.name, 2) like ' _' then right(first.name, 1) end,
            case when whole.name like '% % %' then trim(substr(
                whole.name,
                length(split_part(whole.name, ' ', 1)) + 1,
                length(whole.name) - length(split_part(whole.name, ' ', 1))
                - length(split_part(whole.name, ' ', -1))
            )) end
        ) as middle_name,
        coalesce(last.name, split_part(whole.name, ' ', -1)) as last_name,
        coalesce(
            last.name_suffix, whole.name_suffix, first.name_suffix, middle.name_suffix,
            name_words.standard_word
        ) as name_suffix,
        {{ batch_number() }} as derived_in_batch
    from fields
    left join usable as first on fields.first_text = first.name_text and first.field = 'first'
    left join usable as middle on fields.middle_text = middle.name_text and middle.field = 'middle'
    left join usable as last on fields.last_text = last.name_text and last.field = 'last'
    left join usable as whole on fields.full_text = whole.name_text and whole.field = 'full'
    left join name_words
        on fields.end_of_full_text = name_words.word and name_words.word_kind = 'suffix'

)

select * from final
