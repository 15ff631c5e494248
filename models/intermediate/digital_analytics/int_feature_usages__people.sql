{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['usage_key'],
    meta={
        'touched_by': {
            'usage_key': {'silver_feature_usage': 'usage_key'},
            'source_customer_key': {'silver_customer_identities': 'source_customer_key'},
        },
        'units': ['feature_user_key'],
    },
) }}

with

usages as (

    select
        usages.*,
        coalesce(identities.customer_key, usages.source_customer_key) as customer_key
    from {{ ref('silver_feature_usage') }} as usages
    left join {{ ref('silver_customer_identities') }} as identities
        on usages.source_customer_key = identities.source_customer_key
    where
        usages.feature_id is not null
        {% if is_incremental() %}
            and (
                usages.usage_key in ({{ touched('usage_key') }})
                or usages.source_customer_key in ({{ touched('source_customer_key') }})
            )
        {% endif %}

),

final as (

    select
        usage_key,
        source_customer_key,
        customer_key,
        -- whose use it is: the customer's, else the login's, else the collector session's
        {{ surrogate_key([
            'feature_id',
            'coalesce(customer_key, ' ~ surrogate_key([
                'user_id', 'source_system', 'source_session_id'
            ]) ~ ')',
        ]) }} as feature_user_key,
        usage_id,
        feature_id,
        usage_timestamp,
        usage_count,
        successful_use_flag,
        is_value_use,
        source_system,
        {{ batch_number() }} as derived_in_batch
    from usages

)

select * from final
