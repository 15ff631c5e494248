-- depends_on: {{ ref('int_touchpoints__responded') }}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['recommendation_key'],
    meta={
        'touched_by': {
            'recommendation_key': {'silver_next_best_actions': 'recommendation_key'},
            'customer_key': {'silver_customer_identities': 'customer_key'},
        },
        'selected_by': {
            'source_customer_key': {
                'silver_next_best_actions': 'source_customer_key',
                'int_touchpoints__responded': 'source_customer_key',
                'silver_customer_identities': 'source_customer_key',
            },
        },
        'units': ['recommendation_key'],
    },
) }}

with

identities as (

    select
        source_customer_key,
        customer_key
    from {{ ref('silver_customer_identities') }}

),

named_recommendations as (

    select
        recommendations.recommendation_key,
        recommendations.recommendation_timestamp,
        recommendations.derived_in_batch as told_in_batch,
        coalesce(identities.customer_key, recommendations.source_customer_key) as customer_key
    from {{ ref('silver_next_best_actions') }} as recommendations
    left join identities
        on recommendations.source_customer_key = identities.source_customer_key

),

{% if is_incremental() %}
    -- a contact of one of a person's records weighs on recommendations for them all
    touched_people as (

        select coalesce(identities.customer_key, units.source_customer_key) as customer_key
        from ({{ touched('source_customer_key') }}) as units
        left join identities on units.source_customer_key = identities.source_customer_key
        union all
        select units.customer_key
        from ({{ touched('customer_key') }}) as units

    ),
{% endif %}

recommendations as (

    select * from named_recommendations
    {% if is_incremental() %}
        where
            told_in_batch > {{ last_batch_of(model.name) }}
            or customer_key in (
                select touched_people.customer_key from touched_people
                where touched_people.customer_key is not null
            )
    {% endif %}

),

contacts as (

    select
        coalesce(identities.customer_key, contacts.source_customer_key) as customer_key,
        contacts.contact_timestamp
    from {{ ref('int_customer_contacts') }} as contacts
    left join identities on contacts.source_customer_key = identities.source_customer_key

),

counted as (

    select
        recommendations.recommendation_key,
        count(*) as contact_count
    from recommendations
    inner join contacts
        on
            recommendations.customer_key = contacts.customer_key
            and recommendations.recommendation_timestamp > contacts.contact_timestamp
            and recommendations.recommendation_timestamp
            - interval '{{ var("nba_contact_days") }}' day <= contacts.contact_timestamp
    group by recommendations.recommendation_key

),

final as (

    select
        recommendations.recommendation_key,
        recommendations.customer_key,
        cast(
            case
                when recommendations.customer_key is not null
                    then coalesce(counted.contact_count, 0)
            end as integer
        ) as contacts_before,
        {{ batch_number() }} as derived_in_batch
    from recommendations
    left join counted on recommendations.recommendation_key = counted.recommendation_key

)

select * from final
