{% set designators = 'apt|apartment|appt|unit|flat|suite|ste|room|rm|lot|trlr|#' %}
{% set unit = '(^| )(' ~ designators ~ ')([ #]*[a-z]?-?[0-9]+-?[a-z]?|[ #]+[a-z])( |$)' %}
{% set bare_unit = '^[a-z]?-?[0-9]+-?[a-z]?$' %}
{% set unit_and_number = '^[0-9]+[a-z]? ?/ ?[0-9]+ ' %}
{% set box = '^(po ?box|p o box|post office box|gpo box|postfach|postbus|apartado) ?([0-9a-z]+)' %}
{% set leading = '^[0-9]+[a-z]?(-[0-9]+[a-z]?)? ' %}
{% set numbered_road = '(^[0-9]| (highway|hwy|route|rte|road|rd|box|rr|interstate) [0-9]+$)' %}
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

lines as (

    select
        record_key,
        source_customer_key,
        {{ address_line('address_line1') }} as line1,
        {{ address_line('address_line2') }} as line2
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
            nullif(regexp_extract(line2, '{{ unit }}', 3), ''),
            nullif(regexp_extract(line2, '{{ bare_unit }}', 0), ''),
            nullif(regexp_extract(line1, '{{ unit }}', 3), ''),
            case when is_unit_and_number then split_part(line1, '/', 1) end
        ) as unit_text,
        case
            when is_unit_and_number then trim(split_part(line1, '/', 2))
            else nullif(trim(regexp_replace(line1, '{{ unit }}', ' ')), '')
        end as street1,
        case
            when not {{ text_matches('line2', "'" ~ bare_unit ~ "'") }}
                then nullif(trim(regexp_replace(line2, '{{ unit }}', ' ')), '')
        end as street2
    from (
        select
            *,
            {{ text_matches('line1', "'" ~ unit_and_number ~ "'") }} as is_unit_and_number
        from lines
    ) as lines

),

-- before the street may stand «Rose Cottage» or «Flat 3»
street_lines as (

    select
        *,
        case
            when street1 is null then street2
            when
                street2 is not null and {{ text_matches('street2', "'" ~ leading ~ "'") }}
                and not {{ text_matches('street1', "'[0-9]'") }}
                then street2
            else street1
        end as street_line
    from units

),

-- the number stands first, or last: «Hauptstr. 12a»; but not in «County Road 5»
numbers as (

    select
        *,
        regexp_extract(street_line, '{{ box }}', 2) as box_number,
        regexp_extract(street_line, '{{ leading }}', 0) as leading_number,
        case
            when {{ text_matches('street_line', "'" ~ numbered_road ~ "'") }} then ''
            else regexp_extract(street_line, ' [0-9]+ ?[a-z]?$', 0)
        end as trailing_number
    from street_lines

),

final as (

    select
        record_key,
        source_customer_key,
        nullif(box_number, '') as box_number,
        nullif(replace(leading_number || trailing_number, ' ', ''), '') as house_number,
        nullif(replace(trim(substr(
            street_line,
            length(leading_number) + 1,
            length(street_line) - length(leading_number) - length(trailing_number)
        )), 'strasse', 'str'), '') as street_text,
        nullif(translate(unit_text, ' #-', ''), '') as unit,
        {{ batch_number() }} as derived_in_batch
    from numbers

)

select * from final
