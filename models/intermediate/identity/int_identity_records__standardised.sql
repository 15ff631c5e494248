{% set columns = [
    'first_name', 'middle_name', 'last_name', 'name_suffix', 'birth_date', 'tax_id',
    'ssn_last_four', 'email', 'email_local_part', 'phone', 'house_number', 'street', 'unit', 'city',
    'region', 'zip_code', 'country',
] %}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['record_key'],
    meta={
        'touched_by': {
            'source_customer_key': {
                'int_identity_records__named': 'source_customer_key',
                'int_identity_records__contacts': 'source_customer_key',
                'int_identity_records__located': 'source_customer_key',
                'int_customer_records__delivered': 'source_customer_key',
                'int_customer_identifiers__delivered': 'source_customer_key',
            },
        },
        'units': ['source_customer_key', 'record_key'],
    },
) }}

with

{% if is_incremental() %}
    touched_customers as ({{ touched('source_customer_key') }}),
{% endif %}

records as (

    select
        record_key,
        source_customer_key,
        source_system,
        source_customer_id,
        record_timestamp,
        record_id
    from {{ ref('int_customer_records__delivered') }}
    {% if is_incremental() %}
        where
            source_customer_key in (select touched_customers.source_customer_key from touched_customers)
    {% endif %}

),

standard as (

    select
        records.*,
        named.first_name,
        named.middle_name,
        named.last_name,
        named.name_suffix,
        contacts.birth_date,
        contacts.tax_id,
        contacts.ssn_last_four,
        contacts.email,
        split_part(contacts.email, '@', 1) as email_local_part,
        coalesce(contacts.phone_mobile, contacts.phone_primary, contacts.phone_work) as phone,
        located.house_number,
        located.street,
        located.unit,
        located.city,
        located.region,
        located.zip_code,
        located.country
    from records
    inner join {{ ref('int_identity_records__named') }} as named
        on records.record_key = named.record_key
    inner join {{ ref('int_identity_records__contacts') }} as contacts
        on records.record_key = contacts.record_key
    inner join {{ ref('int_identity_records__located') }} as located
        on records.record_key = located.record_key

),

-- a source system sends a record again when something changed, often in what is not compared
versions as (

    select
        {% for column in columns %}
            {{ column }},
        {% endfor %}
        record_key,
        source_customer_key,
        source_system,
        source_customer_id
    from standard
    qualify row_number() over (
        partition by source_customer_key, {{ columns | join(', ') }}
        order by record_timestamp desc, record_id asc
    ) = 1

),

known_by_identifiers_only as (

    select distinct
        {% for column in columns %}
            cast(null as string) as {{ column }},
        {% endfor %}
        source_customer_key as record_key,
        source_customer_key,
        source_system,
        source_customer_id
    from {{ ref('int_customer_identifiers__delivered') }}
    where
        source_customer_id is not null
        and source_customer_key not in (select records.source_customer_key from records)
        {% if is_incremental() %}
            and source_customer_key in (
                select touched_customers.source_customer_key from touched_customers
            )
        {% endif %}

),

final as (

    select
        *,
        {{ batch_number() }} as derived_in_batch
    from (
        select * from versions
        union all
        select * from known_by_identifiers_only
    ) as rows_of_both

)

select * from final
