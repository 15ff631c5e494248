{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['identifier_row_key'],
    meta={
        'touched_by': {
            'source_customer_key': {
                'int_customer_identifiers__delivered': 'source_customer_key',
                'int_identity_identifiers__valued': 'source_customer_key',
                'silver_customer_identities': 'source_customer_key',
            },
        },
        'units': ['source_customer_key', 'customer_key'],
    },
) }}

with

delivered as (

    select
        *,
        lower(coalesce(identifier_status, 'active')) as status_word
    from {{ ref('int_customer_identifiers__delivered') }}
    {% if is_incremental() %}
        where source_customer_key in ({{ touched('source_customer_key') }})
    {% endif %}

),

-- whoever says that it is over and not since when cannot prove that it held
final as (

    select

        -- keys
        delivered.identifier_row_key,
        delivered.source_customer_key,
        coalesce(identities.customer_key, delivered.source_customer_key) as customer_key,

        -- the identifier
        delivered.source_system,
        valued.identifier_kind,
        valued.identifier_value,
        delivered.status_word as identifier_status,
        coalesce(delivered.primary_flag, false) as is_primary,

        -- verification
        valued.is_verified,
        delivered.verification_method,
        case
            when
                valued.is_verified
                and (
                    delivered.effective_to is not null
                    or delivered.status_word in ('active', 'valid', 'current', 'verified')
                )
                then greatest(
                    coalesce(
                        cast(delivered.verification_date as timestamp),
                        delivered.identifier_timestamp
                    ),
                    cast(delivered.effective_from as timestamp)
                )
        end as verified_from_timestamp,
        cast(delivered.effective_to as timestamp) as verified_to_timestamp,
        delivered.identifier_timestamp,
        {{ batch_number() }} as derived_in_batch
    from delivered
    inner join {{ ref('int_identity_identifiers__valued') }} as valued
        on delivered.identifier_row_key = valued.identifier_row_key
    left join {{ ref('silver_customer_identities') }} as identities
        on delivered.source_customer_key = identities.source_customer_key

)

select * from final
