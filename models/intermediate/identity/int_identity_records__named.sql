{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['record_key'],
    meta={
        'touched_by': {'source_customer_key': {'int_identity_records__name_fields': 'source_customer_key'}},
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

words as (

    select
        field,
        name_text,
        {{ words_of('name_text') }}
    from texts

),

-- a word is what the seed says only where such a word stands: «Junior» alone is a name
told_words as (

    select
        words.*,
        name_words.word_kind,
        name_words.standard_word,
        case
            when name_words.word is null then false
            when words.word = words.name_text
                then words.field = 'middle' and name_words.word_kind = 'suffix'
            when name_words.word_kind = 'title'
                then right(words.name_text, length(words.word) + 1) <> ' ' || words.word
            when name_words.word_kind = 'particle' and words.field = 'last' then true
            when words.word_number = 0 then false
            when name_words.word_kind = 'particle'
                then words.field = 'full' and length(words.word) > 1
            else name_words.word_kind <> 'connector' or words.field = 'last'
        end as is_told
    from words
    left join name_words on words.word = name_words.word

),

-- particles are written together with what follows, titles and the like left out
names as (

    select
        field,
        name_text,
        max(case when is_told and word_kind = 'suffix' then standard_word end) as name_suffix,
        nullif(trim({{ joined_words(
            "case when not is_told then word || ' ' when word_kind = 'particle' then standard_word end",
            ''
        ) }}), '') as joined
    from told_words
    group by field, name_text

),

usable as (

    select
        names.*,
        case
            when length(names.joined) > 2 and {{ is_one_character('names.joined') }} then null
            when placeholders.value is null then names.joined
        end as standard_name
    from names
    left join {{ ref('identity_placeholders') }} as placeholders
        on names.joined = placeholders.value and placeholders.field = 'name'

),

-- a whole name is its first word, its last, and what is between; «John Q» a name and an initial
parts as (

    select
        *,
        case when standard_name like '% _' then right(standard_name, 1) end as last_initial,
        split_part(standard_name, ' ', -1) as last_word,
        case when standard_name like '% %' then split_part(standard_name, ' ', 1) end as first_word
    from usable

),

final as (

    select
        fields.record_key,
        fields.source_customer_key,
        coalesce(
            left(given.standard_name, length(given.standard_name) - 1 - length(given.last_initial)),
            given.standard_name, whole.first_word
        ) as first_name,
        coalesce(
            mid.standard_name, given.last_initial,
            case
                when whole.standard_name like '% % %' then trim(substr(
                    whole.standard_name,
                    length(whole.first_word) + 1,
                    length(whole.standard_name) - length(whole.first_word || whole.last_word)
                ))
            end
        ) as middle_name,
        coalesce(surname.standard_name, whole.last_word) as last_name,
        coalesce(
            surname.name_suffix, whole.name_suffix, given.name_suffix, mid.name_suffix,
            name_words.standard_word
        ) as name_suffix,
        {{ batch_number() }} as derived_in_batch
    from fields
    left join parts as given on fields.first_text = given.name_text and given.field = 'first'
    left join parts as mid on fields.middle_text = mid.name_text and mid.field = 'middle'
    left join parts as surname on fields.last_text = surname.name_text and surname.field = 'last'
    left join parts as whole on fields.full_text = whole.name_text and whole.field = 'full'
    left join name_words
        on fields.end_of_full_text = name_words.word and name_words.word_kind = 'suffix'

)

select * from final
