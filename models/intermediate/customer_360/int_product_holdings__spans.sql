{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['holding_key'],
    meta={
        'touched_by': {
            'holding_key': {'int_product_states__delivered': 'holding_key'},
        },
        'units': ['holding_key', 'source_customer_key'],
    },
) }}

with

states as (

    select * from {{ ref('int_product_states__delivered') }}
    where
        holding_key is not null
        {% if is_incremental() %}
            and holding_key in ({{ touched('holding_key') }})
        {% endif %}

),

-- the last state that tells a thing counts, before it the first that does
ranked_states as (

    select
        *,
        row_number() over (
            partition by holding_key
            order by relationship_timestamp desc, product_relationship_id desc
        ) as state_rank
    from states

),

told as (

    select
        holding_key,
        min(state_date) as first_state_date,
        min_by(relationship_start_date, state_rank) filter (
            where relationship_start_date is not null
        ) as start_date,
        min_by(product_id, state_rank) filter (where product_id is not null) as product_id,
        min_by(product_type, state_rank) filter (where product_type is not null) as product_type,
        min_by(product_category, state_rank) filter (where product_category is not null)
            as product_category
    from ranked_states
    group by holding_key

),

latest_states as (

    select * from ranked_states
    where state_rank = 1

),

dated as (

    select
        told.*,
        least(told.start_date, told.first_state_date) as opened_date,
        latest.source_customer_key,
        latest.account_key,
        latest.customer_id,
        latest.source_system,
        latest.is_open,
        least(latest.relationship_end_date, latest.state_date) as ended_date
    from told
    inner join latest_states as latest on told.holding_key = latest.holding_key

),

final as (

    select
        holding_key,
        source_customer_key,
        account_key,
        customer_id,
        source_system,
        product_id,
        product_type,
        product_category,
        first_state_date,
        opened_date,
        -- an end told for later counts once a state of that day or after has come: the term of a
        -- contract is not yet a closing
        case when not is_open then greatest(ended_date, opened_date) end as closed_date,
        {{ batch_number() }} as derived_in_batch
    from dated

)

select * from final
