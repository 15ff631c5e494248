with

located as (

    select
        *,
        coalesce(country, '{{ var("default_country") | lower }}') as home_country
    from {{ ref('int_identity_records__located') }}

),

-- no home is known by a street without its number or postal code, nor by a box at the post office
final as (

    select
        record_key,
        house_number,
        street,
        unit,
        city,
        region,
        zip_code,
        country,
        {{ surrogate_key(['house_number', 'street', 'unit', 'zip_code', 'home_country']) }}
            as address_key,
        {{ surrogate_key(['house_number', 'street', 'zip_code', 'home_country']) }}
            as building_key
    from located
    where house_number is not null and zip_code is not null and street not like 'po box %'

)

select * from final
