{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['sitting_key'],
    meta={
        'touched_by': {
            'visitor_key': {
                'int_sittings__aggregated': 'visitor_key',
                'silver_identity_map': 'identifier_key',
            },
        },
        'units': ['sitting_key', 'person_key'],
    },
) }}

-- Whose a sitting is. On narrow rows, since all sittings of a touched visitor are read.
with

sittings as (

    select
        *,
        min(lowest_customer_key) over (partition by visitor_key) as lowest_of_visitor,
        max(highest_customer_key) over (partition by visitor_key) as highest_of_visitor
    from {{ ref('int_sittings__aggregated') }}
    {% if is_incremental() %}
        where visitor_key in ({{ touched('visitor_key') }})
    {% endif %}

),

-- an end that compares: with «or it is null» DuckDB would not hash the join, but try every pair
identity_map as (

    select
        identifier_key,
        customer_key,
        valid_from_timestamp,
        coalesce(valid_to_timestamp, timestamp '{{ var("latest_event_date") }} 00:00:00')
            as until_timestamp
    from {{ ref('silver_identity_map') }}
    where customer_key is not null

),

-- a device that two people log in on says nothing of who the anonymous visitor is: the map does,
-- of the time
resolved as (

    select
        sittings.*,
        coalesce(
            sittings.login_customer_key,
            sittings.device_customer_key,
            case
                when sittings.lowest_of_visitor = sittings.highest_of_visitor
                    then sittings.lowest_of_visitor
            end,
            identity_map.customer_key
        ) as customer_key
    from sittings
    left join identity_map
        on
            sittings.visitor_key = identity_map.identifier_key
            and sittings.sitting_start_timestamp >= identity_map.valid_from_timestamp
            and sittings.sitting_start_timestamp < identity_map.until_timestamp

),

final as (

    select
        sitting_key,
        visitor_key,
        sitting_start_timestamp,
        sitting_end_timestamp,
        customer_key,
        -- a program is nobody, whatever it logs in as: what a customer did does not go on in it
        case
            when is_bot or is_test then visitor_key
            else coalesce(customer_key, visitor_key)
        end as person_key,
        login_customer_key is not null as is_authenticated,
        is_capped,
        is_bot,
        is_test,
        {{ batch_number() }} as derived_in_batch
    from resolved

)

select * from final
