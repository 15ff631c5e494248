{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['record_key'],
    meta={
        'touched_by': {
            'source_customer_key': {
                'int_customer_records__delivered': 'source_customer_key',
                'int_identity_records__named': 'source_customer_key',
                'int_identity_records__contacts': 'source_customer_key',
                'int_identity_records__located': 'source_customer_key',
                'silver_customer_identities': 'source_customer_key',
            },
        },
        'units': ['source_customer_key', 'customer_key'],
    },
) }}

-- depends_on: {{ ref('int_customer_records__delivered') }}
with

-- of what a system says of one customer at one instant, what came last counts
delivered as (

    select *
    from {{ ref('int_customer_records__attributed') }}
    {% if is_incremental() %}
        where source_customer_key in ({{ touched('source_customer_key') }})
    {% endif %}
    qualify row_number() over (
        partition by source_customer_key, record_timestamp
        order by ingestion_timestamp desc, record_id asc
    ) = 1

),

final as (

    select

        -- keys and ids
        delivered.record_key,
        delivered.source_customer_key,
        coalesce(identities.customer_key, delivered.source_customer_key) as customer_key,
        homes.address_key,
        homes.building_key,
        delivered.source_system,
        delivered.source_customer_id,

        -- validity
        delivered.record_timestamp,
        delivered.record_timestamp as valid_from_timestamp,
        lead(delivered.record_timestamp) over source_customer as valid_to_timestamp,
        lead(delivered.record_timestamp) over source_customer is null as is_current,
        delivered.last_update_timestamp,
        delivered.ingestion_timestamp,

        -- who
        delivered.customer_type,
        delivered.customer_status,
        case when named.first_name is not null then delivered.first_name end as first_name,
        case when named.middle_name is not null then delivered.middle_name end as middle_name,
        case when named.last_name is not null then delivered.last_name end as last_name,
        case
            when coalesce(named.first_name, named.last_name) is not null then delivered.full_name
        end as full_name,
        named.first_name as standard_first_name,
        named.middle_name as standard_middle_name,
        named.last_name as standard_last_name,
        named.name_suffix,
        cast(contacts.birth_date as date) as date_of_birth,
        delivered.gender,
        contacts.ssn_last_four,
        contacts.tax_id,

        -- contact
        case
            when contacts.email is not null then {{ email_in('delivered.email_address') }}
        end as email_address,
        contacts.email as standard_email,
        contacts.phone_primary,
        contacts.phone_mobile,
        contacts.phone_work,

        -- address
        case when located.street is not null then delivered.address_line1 end as address_line1,
        case when located.street is not null then delivered.address_line2 end as address_line2,
        case when located.city is not null then delivered.city end as city,
        case when located.region is not null then delivered.state end as state,
        case when located.zip_code is not null then delivered.zip_code end as zip_code,
        coalesce(upper(located.country), delivered.country) as country,
        located.house_number as standard_house_number,
        located.street as standard_street,
        located.unit as standard_unit,
        located.city as standard_city,
        located.region as standard_region,
        located.zip_code as standard_zip_code,
        cast(delivered.latitude as decimal(10, 6)) as latitude,
        cast(delivered.longitude as decimal(10, 6)) as longitude,
        delivered.is_address_verified,
        delivered.mailing_address,
        delivered.mailing_line1 = {{ plain_words('delivered.address_line1') }}
        and left(delivered.mailing_zip_code, 5) = left(located.zip_code, 5)
            as is_mailing_same_as_physical,

        -- circumstances
        delivered.employment_status,
        delivered.employer_name,
        delivered.occupation,
        delivered.annual_income,
        delivered.citizenship,
        delivered.language_preference,
        delivered.marital_status,
        delivered.number_of_dependents,
        delivered.education_level,
        delivered.customer_since_date,

        -- compliance
        delivered.risk_rating,
        delivered.kyc_status,
        delivered.kyc_last_updated,
        cast(delivered.aml_risk_score as decimal(5, 2)) as aml_risk_score,
        cast(delivered.fraud_score as decimal(5, 2)) as fraud_score,
        cast(delivered.credit_score as integer) as credit_score,
        delivered.is_vip,
        delivered.is_deceased,
        delivered.deceased_date,
        delivered.is_do_not_contact,
        delivered.is_do_not_email,
        delivered.is_do_not_call,
        delivered.is_do_not_mail,
        {{ batch_number() }} as derived_in_batch
    from delivered
    inner join {{ ref('int_identity_records__named') }} as named
        on delivered.record_key = named.record_key
    inner join {{ ref('int_identity_records__contacts') }} as contacts
        on delivered.record_key = contacts.record_key
    inner join {{ ref('int_identity_records__located') }} as located
        on delivered.record_key = located.record_key
    left join {{ ref('int_identity_records__homes') }} as homes
        on delivered.record_key = homes.record_key
    left join {{ ref('silver_customer_identities') }} as identities
        on delivered.source_customer_key = identities.source_customer_key
    window source_customer as (
        partition by delivered.source_customer_key order by delivered.record_timestamp
    )

)

select * from final
