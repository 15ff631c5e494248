{% set designators = 'apt|apartment|appt|unit|flat|suite|ste|room|rm|lot|trlr|#' %}
{% set unit_pattern = '(^| )(' ~ designators ~ ')([ #]*[a-z]?-?[0-9]+-?[a-z]?|[ #]+[a-z])( |$)' %}
{% set po_box = '^(po ?box|p o box|post office box|gpo box|postfach|postbus|apartado) ?([0-9a-z]+)' %}
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

placeholders as (select * from {{ ref('identity_placeholders') }}),

lines as (

    select
        record_key,
        source_customer_key,
        {{ address_line('address_line1') }} as line1,
        {{ address_line('address_line2') }} as line2,
        {{ plain_words('city') }} as city,
        {{ plain_words('state') }} as region_text,
        {{ letters_and_digits('zip_code') }} as zip_text,
        {{ plain_words('country') }} as country_text
    from {{ ref('int_customer_records__delivered') }}
    {% if is_incremental() %}
        where source_customer_key in ({{ touched('source_customer_key') }})
    {% endif %}

),

-- «Flat 3», «12 Main St # 3», «3/12 High St»; of a second line a number alone, too
units as (

    select
        *,
        coalesce(
            nullif(regexp_extract(line2, '{{ unit_pattern }}', 3), ''),
            nullif(regexp_extract(line2, '^[a-z]?-?[0-9]+-?[a-z]?$', 0), ''),
            nullif(regexp_extract(line1, '{{ unit_pattern }}', 3), ''),
            nullif(regexp_extract(line1, '^([0-9]+[a-z]?) ?/ ?[0-9]+ ', 1), '')
        ) as unit_text,
        nullif(trim(regexp_replace(
            case
                when {{ text_matches('line1', "'^[0-9]+[a-z]? ?/ ?[0-9]+ '") }}
                    then trim(split_part(line1, '/', 2))
                else line1
            end,
            '{{ unit_pattern }}', ' '
        )), '') as street_line1
    from lines

),

-- «Rose Cottage» or «Flat 3» stands before the street
street_lines as (

    select
        *,
        case
            when street_line1 is null and not {{ text_matches('line2', "'^[a-z]?-?[0-9]+-?[a-z]?$'") }}
                then nullif(trim(regexp_replace(line2, '{{ unit_pattern }}', ' ')), '')
            when
                not {{ text_matches('street_line1', "'[0-9]'") }}
                and {{ text_matches('line2', "'^[0-9]+[a-z]? [a-z]'") }}
                then line2
            else street_line1
        end as street_line
    from units

),

-- the number stands first, or last: «Hauptstr. 12a»; but not in «County Road 5»
numbers as (

    select
        *,
        regexp_extract(street_line, '{{ po_box }}', 2) as box_number,
        regexp_extract(street_line, '^[0-9]+[a-z]?(-[0-9]+[a-z]?)? ', 0) as leading_number,
        case
            when not {{ text_matches('street_line', "'(^[0-9]|(highway|hwy|route|rte|road|rd|box|rr) [0-9]+$)'") }}
                then regexp_extract(street_line, ' [0-9]+ ?[a-z]?$', 0)
            else ''
        end as trailing_number
    from street_lines

),

streets as (

    select
        *,
        nullif(replace(trim(substr(
            street_line,
            length(leading_number) + 1,
            length(street_line) - length(leading_number) - length(trailing_number)
        )), 'strasse', 'str'), '') as street_text
    from numbers

),

words as (

    select
        street_text,
        {{ words_of('street_text') }}
    from (select distinct street_text from streets where street_text is not null) as streets

),

standard_streets as (

    select
        words.street_text,
        {{ joined_words('coalesce(address_words.abbreviation, words.word)') }} as street
    from words
    left join {{ ref('address_words') }} as address_words on words.word = address_words.word
    group by words.street_text

),

final as (

    select
        streets.record_key,
        streets.source_customer_key,
        case
            when streets.box_number = '' and known_streets.value is null
                then nullif(replace(concat(streets.leading_number, streets.trailing_number), ' ', ''), '')
        end as house_number,
        case
            when streets.box_number <> '' then concat('po box ', streets.box_number)
            when known_streets.value is null then standard_streets.street
        end as street,
        nullif(translate(streets.unit_text, ' #-', ''), '') as unit,
        case when known_cities.value is null then streets.city end as city,
        case
            when known_regions.value is null then coalesce(regions.region_code, streets.region_text)
        end as region,
        streets.zip_text as zip_code,
        country_names.country_code as country,
        {{ batch_number() }} as derived_in_batch
    from streets
    left join standard_streets on streets.street_text = standard_streets.street_text
    left join placeholders as known_streets
        on standard_streets.street = known_streets.value and known_streets.field = 'street'
    left join placeholders as known_cities
        on streets.city = known_cities.value and known_cities.field = 'city'
    left join placeholders as known_regions
        on streets.region_text = known_regions.value and known_regions.field = 'region'
    left join {{ ref('regions') }} as regions on streets.region_text = regions.region_name
    left join {{ ref('country_names') }} as country_names
        on streets.country_text = country_names.country_name

)

select * from final
