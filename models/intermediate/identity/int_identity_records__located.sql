{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['record_key'],
    meta={
        'touched_by': {
            'source_customer_key': {
                'int_customer_records__delivered': 'source_customer_key',
                'int_identity_records__street_fields': 'source_customer_key',
            },
        },
        'units': ['source_customer_key'],
    },
) }}

with

{% if is_incremental() %}
    touched_customers as ({{ touched('source_customer_key') }}),
{% endif %}

placeholders as (select * from {{ ref('identity_placeholders') }}),

streets as (

    select * from {{ ref('int_identity_records__street_fields') }}
    {% if is_incremental() %}
        where
            source_customer_key in (select touched_customers.source_customer_key from touched_customers)
    {% endif %}

),

-- each street once, since streets repeat
words as (

    select
        street_text,
        {{ words_of('street_text') }}
    from (select distinct street_text from streets where street_text is not null) as street_texts

),

standard_streets as (

    select
        words.street_text,
        {{ joined_words('coalesce(address_words.abbreviation, words.word)') }} as street
    from words
    left join {{ ref('address_words') }} as address_words on words.word = address_words.word
    group by words.street_text

),

usable_streets as (

    select
        standard_streets.street_text,
        standard_streets.street
    from standard_streets
    left join placeholders
        on standard_streets.street = placeholders.value and placeholders.field = 'street'
    where placeholders.value is null

),

places as (

    select
        record_key,
        {{ plain_words('city') }} as city,
        {{ plain_words('state') }} as region_text,
        {{ letters_and_digits('zip_code') }} as zip_text,
        {{ plain_words('country') }} as country_text
    from {{ ref('int_customer_records__delivered') }}
    {% if is_incremental() %}
        where
            source_customer_key in (select touched_customers.source_customer_key from touched_customers)
    {% endif %}

),

-- of a US ZIP+4 the first five; a spreadsheet takes leading zeros away
zips as (

    select
        places.*,
        country_names.country_code,
        case
            when
                coalesce(country_names.country_code, '{{ var("default_country") | lower }}') <> 'us'
                or not {{ text_matches('zip_text', "'^[0-9]+$'") }}
                then zip_text
            when length(zip_text) in (4, 8) then left('0' || zip_text, 5)
            when length(zip_text) = 9 then left(zip_text, 5)
            else zip_text
        end as zip_code
    from places
    left join {{ ref('country_names') }} as country_names
        on places.country_text = country_names.country_name

),

final as (

    select
        streets.record_key,
        streets.source_customer_key,
        case
            when streets.box_number is null and usable_streets.street is not null
                then streets.house_number
        end as house_number,
        coalesce('po box ' || streets.box_number, usable_streets.street) as street,
        streets.unit,
        case when known_cities.value is null then zips.city end as city,
        case
            when known_regions.value is null then coalesce(regions.region_code, zips.region_text)
        end as region,
        case when known_zips.value is null then zips.zip_code end as zip_code,
        zips.country_code as country,
        {{ batch_number() }} as derived_in_batch
    from streets
    inner join zips on streets.record_key = zips.record_key
    left join usable_streets on streets.street_text = usable_streets.street_text
    left join placeholders as known_cities
        on zips.city = known_cities.value and known_cities.field = 'city'
    left join placeholders as known_regions
        on zips.region_text = known_regions.value and known_regions.field = 'region'
    left join placeholders as known_zips
        on zips.zip_code = known_zips.value and known_zips.field = 'zip_code'
    left join {{ ref('regions') }} as regions on zips.region_text = regions.region_name

)

select * from final
