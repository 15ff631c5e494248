{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['record_key'],
    meta={
        'touched_by': {
            'source_customer_key': {'int_customer_records__delivered': 'source_customer_key'},
        },
        'units': ['source_customer_key'],
    },
) }}

with

records as (

    select
        record_key,
        source_customer_key,
        first_name,
        middle_name,
        last_name,
        full_name,
        split_part(coalesce(full_name, last_name), ',', 1) as text_before_comma,
        split_part(coalesce(full_name, last_name), ',', 2) as text_after_comma,
        (first_name is null or last_name is null and full_name is not null)
        and coalesce(full_name, last_name) like '%,%' as has_comma
    from {{ ref('int_customer_records__delivered') }}
    {% if is_incremental() %}
        where source_customer_key in ({{ touched('source_customer_key') }})
    {% endif %}

),

-- «Last, First» in one field; but a comma also stands before a suffix: «John Smith, Jr.»
inverted as (

    select
        *,
        has_comma and {{ plain_words('text_after_comma') }} not in (
            select name_words.word from {{ ref('name_words') }} as name_words
            where name_words.word_kind in ('suffix', 'credential')
        ) as is_inverted
    from records

),

fields as (

    select
        record_key,
        source_customer_key,
        case when is_inverted then coalesce(first_name, text_after_comma) else first_name end
            as first_name,
        middle_name,
        case when is_inverted then text_before_comma else last_name end as last_name,
        case
            when (first_name is null or last_name is null) and not coalesce(is_inverted, false)
                then full_name
        end as full_name,
        split_part(full_name, ' ', -1) as end_of_full_name
    from inverted

),

final as (

    select
        record_key,
        source_customer_key,
        {{ plain_words('first_name') }} as first_text,
        {{ plain_words('middle_name') }} as middle_text,
        {{ plain_words('last_name') }} as last_text,
        {{ plain_words('full_name') }} as full_text,
        {{ plain_words('end_of_full_name') }} as end_of_full_text,
        {{ batch_number() }} as derived_in_batch
    from fields

)

select * from final
