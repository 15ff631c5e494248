{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['relationship_key', 'party'],
    meta={'units': ['source_customer_key']},
) }}

with

relationships as (

    {{ latest_delivery(
        ref('stg_customer_360__customer_relationships'),
        'relationship_id',
        ['relationship_timestamp', 'primary_customer_id', 'related_customer_id'],
    ) }}

),

-- a relationship that has ended without saying when did so when that was told
dated as (

    select
        *,
        replace(lower(relationship_type), ' ', '_') as type_code,
        coalesce(relationship_start_date, cast(relationship_timestamp as date)) as valid_from_date,
        case
            when relationship_end_date is not null then relationship_end_date
            when
                lower(relationship_status) in ('ended', 'inactive', 'terminated', 'expired')
                or lower(relationship_status) in ('divorced', 'separated', 'cancelled', 'closed')
                then cast(relationship_timestamp as date)
        end as valid_to_date
    from relationships

),

parties as (

    {% for party, other in [('primary', 'related'), ('related', 'primary')] %}
        select
            dated.*,
            '{{ party }}' as party,
            dated.{{ party }}_customer_id as customer_id,
            dated.{{ other }}_customer_id as other_customer_id
        from dated
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        {{ surrogate_key(['relationship_id']) }} as relationship_key,
        party,
        case
            when customer_id is not null
                then {{ surrogate_key(['source_system', 'customer_id']) }}
        end as source_customer_key,
        case
            when other_customer_id is not null
                then {{ surrogate_key(['source_system', 'other_customer_id']) }}
        end as other_source_customer_key,
        case
            when household_id is not null
                then {{ surrogate_key(['source_system', 'household_id']) }}
        end as declared_household_key,
        relationship_id,
        source_system,
        customer_id,
        relationship_timestamp,
        type_code as relationship_type,
        lower(relationship_status) as relationship_status,
        lower(household_role) as household_role,
        valid_from_date,
        valid_to_date,
        primary_account_holder as is_primary_account_holder,
        beneficiary_flag as is_beneficiary,
        authorized_user_flag as is_authorized_user,
        power_of_attorney as has_power_of_attorney,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch
    from parties

)

select * from final
