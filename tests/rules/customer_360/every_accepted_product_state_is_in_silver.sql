-- Each state of a product that names a customer and an account begins an interval on its day. If
-- this fails after an incremental run, rows came with older ingestion times than what was loaded:
-- build int_product_states__delivered+ with --full-refresh.
with

latest_states as (

    select * from {{ ref('stg_customer_360__customer_products') }}
    where rejection_reason is null
    qualify row_number() over (
        partition by product_relationship_id order by ingestion_timestamp desc
    ) = 1

),

keyed_states as (

    select
        product_relationship_id,
        cast(relationship_timestamp as date) as state_date,
        {{ surrogate_key(["'" ~ var('default_source_system') ~ "'", 'customer_id']) }}
            as source_customer_key,
        {{ surrogate_key(["'" ~ var('default_source_system') ~ "'", 'account_id']) }} as account_key
    from latest_states
    where customer_id is not null and account_id is not null

)

select states.product_relationship_id
from keyed_states as states
left join {{ ref('silver_product_holdings') }} as holdings
    on
        states.source_customer_key = holdings.source_customer_key
        and states.account_key = holdings.account_key
        and states.state_date = holdings.valid_from_date
where holdings.state_key is null
