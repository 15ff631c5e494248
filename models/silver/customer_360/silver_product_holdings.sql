{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['state_key'],
    meta={
        'touched_by': {
            'holding_key': {
                'int_product_states__delivered': 'holding_key',
                'int_product_holdings__spans': 'holding_key',
            },
        },
        'selected_by': {
            'source_customer_key': {'silver_customer_identities': 'source_customer_key'},
        },
        'units': ['state_key', 'holding_key', 'source_customer_key', 'customer_key'],
    },
) }}

with

holdings as (

    select * from {{ ref('int_product_holdings__spans') }}
    {% if is_incremental() %}
        where
            holding_key in ({{ touched('holding_key') }})
            or source_customer_key in ({{ touched('source_customer_key') }})
    {% endif %}

),

-- the last word of a day counts
states as (

    select * from {{ ref('int_product_states__delivered') }}
    where holding_key in (select holdings.holding_key from holdings)
    qualify row_number() over (
        partition by holding_key, state_date
        order by relationship_timestamp desc, product_relationship_id desc
    ) = 1

),

points as (

    select
        holding_key,
        state_date as valid_from_date
    from states
    union distinct
    select
        holding_key,
        opened_date as valid_from_date
    from holdings
    union distinct
    select
        holding_key,
        closed_date as valid_from_date
    from holdings
    where closed_date is not null

),

intervals as (

    select
        holding_key,
        valid_from_date,
        lead(valid_from_date) over (partition by holding_key order by valid_from_date)
            as valid_to_date
    from points

),

-- what a state does not tell of the product, the holding does
described as (

    select
        intervals.*,
        holdings.source_customer_key,
        holdings.account_key,
        holdings.customer_id,
        holdings.source_system,
        holdings.opened_date,
        holdings.closed_date,
        coalesce(states.product_id, holdings.product_id) as product_id,
        coalesce(states.product_type, holdings.product_type) as product_type,
        coalesce(states.product_category, holdings.product_category) as product_category,
        states.holding_key is not null as is_reported,
        states.product_status,
        coalesce(states.is_open, true)
        and coalesce(intervals.valid_from_date < holdings.closed_date, true) as is_open,
        states.is_dormant,
        states.is_used,
        coalesce(states.is_primary, false) as is_primary,
        states.balance,
        states.credit_limit,
        states.utilization,
        states.last_transaction_date,
        states.transaction_count_30d,
        states.transaction_amount_30d
    from intervals
    inner join holdings on intervals.holding_key = holdings.holding_key
    left join states
        on
            intervals.holding_key = states.holding_key
            and intervals.valid_from_date = states.state_date

),

final as (

    select

        -- keys
        {{ surrogate_key(['described.holding_key', 'described.valid_from_date']) }} as state_key,
        coalesce(identities.customer_key, described.source_customer_key) as customer_key,
        {{ surrogate_key(['described.product_id']) }} as product_key,
        described.*,
        coalesce(by_type.balance_kind, by_category.balance_kind, 'other') as balance_kind,
        described.valid_to_date is null as is_current,
        described.is_open and not described.is_dormant as is_active,
        {{ batch_number() }} as derived_in_batch

    from described
    left join {{ ref('product_kinds') }} as by_type
        on described.product_type = by_type.product_word
    left join {{ ref('product_kinds') }} as by_category
        on described.product_category = by_category.product_word
    left join {{ ref('silver_customer_identities') }} as identities
        on described.source_customer_key = identities.source_customer_key

)

select * from final
