{% set phones = ['phone_mobile', 'phone_primary', 'phone_work'] %}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['record_key'],
    meta={
        'touched_by': {'source_customer_key': {'int_customer_records__delivered': 'source_customer_key'}},
        'units': ['source_customer_key'],
    },
) }}

with

placeholders as (select * from {{ ref('identity_placeholders') }}),

found as (

    select
        records.*,
        {{ email_in('records.email_address') }} as email_found,
        {{ letters_and_digits('records.tax_id') }} as tax_id_found,
        right({{ replaced_all('records.ssn_last_four', '[^0-9]+', '') }}, 4) as ssn_found,
        {% for phone in phones %}
            {{ digits_dialled('records.' ~ phone) }} as {{ phone }}_dialled,
        {% endfor %}
        country_names.country_code
    from {{ ref('int_customer_records__delivered') }} as records
    left join {{ ref('country_names') }} as country_names
        on {{ plain_words('records.country') }} = country_names.country_name
    {% if is_incremental() %}
        where records.source_customer_key in ({{ touched('source_customer_key') }})
    {% endif %}

),

standard as (

    select
        found.record_key,
        found.source_customer_key,
        found.country_code,
        cast(found.date_of_birth as string) as birth_date,
        found.date_of_birth > cast(found.record_timestamp as date)
        or extract(year from found.record_timestamp) - extract(year from found.date_of_birth) > 120
            as is_impossible_birth_date,
        found.tax_id_found as tax_id,
        lpad(nullif(found.ssn_found, ''), 4, '0') as ssn_last_four,
        {{ standard_local_part('found.email_found') }} as email_local_part,
        {{ standard_mail_domain('found.email_found') }} as email_domain,
        {% for phone in phones %}
            {{ phone_number('found.' ~ phone ~ '_dialled', 'country_phones') }} as {{ phone }},
        {% endfor %}
        country_phones.calling_code,
        country_phones.min_length
    from found
    left join {{ ref('country_phones') }} as country_phones
        on
            coalesce(found.country_code, '{{ var("default_country") | lower }}')
            = country_phones.country_code

),

usable as (

    select
        {% for phone in phones %}
            case
                when
                    length(standard.{{ phone }}) between 7 and 15
                    and known_{{ phone }}.value is null
                    and not {{ is_one_character(national_number('standard.' ~ phone, 'standard')) }}
                    then standard.{{ phone }}
            end as {{ phone }},
        {% endfor %}
        standard.record_key,
        standard.source_customer_key,
        standard.country_code,
        case
            when not standard.is_impossible_birth_date and known_dates.value is null
                then standard.birth_date
        end as birth_date,
        case
            when
                length(standard.tax_id) >= 6 and known_tax_ids.value is null
                and not {{ is_one_character('standard.tax_id') }}
                then standard.tax_id
        end as tax_id,
        case when known_ssn.value is null then standard.ssn_last_four end as ssn_last_four,
        case
            when coalesce(known_emails.value, known_domains.value, known_local_parts.value) is null
                then standard.email_local_part || '@' || standard.email_domain
        end as email
    from standard
    left join placeholders as known_dates
        on standard.birth_date = known_dates.value and known_dates.field = 'birth_date'
    left join placeholders as known_tax_ids
        on standard.tax_id = known_tax_ids.value and known_tax_ids.field = 'tax_id'
    left join placeholders as known_ssn
        on standard.ssn_last_four = known_ssn.value and known_ssn.field = 'ssn_last_four'
    left join placeholders as known_emails
        on
            standard.email_local_part || '@' || standard.email_domain = known_emails.value
            and known_emails.field = 'email'
    left join placeholders as known_domains
        on standard.email_domain = known_domains.value and known_domains.field = 'email_domain'
    left join placeholders as known_local_parts
        on
            standard.email_local_part = known_local_parts.value
            and known_local_parts.field = 'email_local_part'
    {% for phone in phones %}
        left join placeholders as known_{{ phone }}
            on
                {{ national_number('standard.' ~ phone, 'standard') }} = known_{{ phone }}.value
                and known_{{ phone }}.field = 'phone'
    {% endfor %}

),

final as (

    select
        record_key,
        source_customer_key,
        birth_date,
        tax_id,
        -- a tax id of nine digits is an SSN where the country is the US, or not told
        case
            when
                ssn_last_four is null and coalesce(country_code, 'us') = 'us'
                and length(tax_id) = 9 and {{ text_matches('tax_id', "'^[0-9]+$'") }}
                and right(tax_id, 4) not in (
                    select placeholders.value
                    from placeholders
                    where placeholders.field = 'ssn_last_four'
                )
                then right(tax_id, 4)
            else ssn_last_four
        end as ssn_last_four,
        email,
        phone_mobile,
        phone_primary,
        phone_work,
        country_code as phone_country,
        {{ batch_number() }} as derived_in_batch
    from usable

)

select * from final
