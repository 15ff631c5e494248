{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['identifier_row_key'],
    meta={
        'touched_by': {
            'source_customer_key': {
                'int_identity_records__contacts': 'source_customer_key',
                'int_customer_identifiers__delivered': 'source_customer_key',
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

-- a phone number is read as in the customer's country
countries as (

    select
        source_customer_key,
        min(phone_country) as country_code
    from {{ ref('int_identity_records__contacts') }}
    {% if is_incremental() %}
        where
            source_customer_key in (select touched_customers.source_customer_key from touched_customers)
    {% endif %}
    group by source_customer_key

),

delivered as (

    select
        identifiers.identifier_row_key,
        identifiers.source_customer_key,
        identifiers.verified_flag,
        types.identifier_kind,
        types.value_space,
        coalesce(countries.country_code, '{{ var("default_country") | lower }}') as country_code,
        case
            when types.identifier_kind = 'email' then {{ email_in('identifiers.identifier_value') }}
            when types.identifier_kind = 'phone' then {{ digits_dialled('identifiers.identifier_value') }}
            else {{ letters_and_digits('identifiers.identifier_value') }}
        end as found
    from {{ ref('int_customer_identifiers__delivered') }} as identifiers
    inner join {{ ref('identifier_types') }} as types
        on replace(replace(lower(identifiers.identifier_type), ' ', '_'), '-', '_') = types.identifier_type
    left join countries on identifiers.source_customer_key = countries.source_customer_key
    where
        identifiers.source_customer_id is not null
        {% if is_incremental() %}
            and identifiers.source_customer_key in (
                select touched_customers.source_customer_key from touched_customers
            )
        {% endif %}

),

standard as (

    select
        delivered.*,
        {{ standard_local_part('delivered.found') }} as email_local_part,
        {{ standard_mail_domain('delivered.found') }} as email_domain,
        {{ phone_number('delivered.found', 'country_phones') }} as phone,
        country_phones.calling_code,
        country_phones.min_length
    from delivered
    left join {{ ref('country_phones') }} as country_phones
        on delivered.country_code = country_phones.country_code

),

valued as (

    select
        identifier_row_key,
        source_customer_key,
        identifier_kind,
        coalesce(verified_flag, false) as is_verified,
        value_space,
        case identifier_kind
            when 'email' then email_local_part || '@' || email_domain
            when 'phone' then phone
            else found
        end as identifier_value,
        case identifier_kind
            when 'phone' then {{ national_number('phone', 'standard') }}
            when 'email' then email_local_part
            else found
        end as told_by,
        email_domain
    from standard

),

final as (

    select
        valued.identifier_row_key,
        valued.source_customer_key,
        valued.identifier_kind,
        valued.value_space,
        valued.identifier_value,
        valued.is_verified,
        {{ batch_number() }} as derived_in_batch
    from valued
    left join placeholders
        on
            valued.told_by = placeholders.value
            and placeholders.field = case valued.identifier_kind
                when 'email' then 'email_local_part' else valued.identifier_kind
            end
    left join placeholders as known_domains
        on valued.email_domain = known_domains.value and known_domains.field = 'email_domain'
        and valued.identifier_kind = 'email'
    left join placeholders as known_emails
        on valued.identifier_value = known_emails.value and known_emails.field = 'email'
        and valued.identifier_kind = 'email'
    where
        placeholders.value is null and known_domains.value is null and known_emails.value is null
        and (valued.identifier_kind = 'email' or not {{ is_one_character('valued.told_by') }})
        and length(valued.identifier_value) >= case valued.identifier_kind
            when 'phone' then 7 when 'tax_id' then 6 else 4
        end

)

select * from final
