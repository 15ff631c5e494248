with

build_dates as (select * from {{ ref('int_core__build_dates') }}),

holdings as (select * from {{ ref('silver_product_holdings') }}),

offers as (

    select
        recommended.recommendation_key,
        recommended.recommended_action,
        actions.action_kind,
        actions.held_thing as offered_thing,
        coalesce(identities.customer_key, recommended.source_customer_key) as customer_key,
        recommended.is_accepted,
        recommended.outcome_timestamp as offer_timestamp,
        cast(recommended.outcome_timestamp as date) as offer_date,
        cast({{ dbt.dateadd(
            'day',
            var('offer_window_days'),
            'cast(recommended.outcome_timestamp as date)',
        ) }} as date) as window_end_date
    from {{ ref('silver_next_best_actions') }} as recommended
    inner join {{ ref('recommended_actions') }} as actions
        on recommended.recommended_action = actions.action
    left join {{ ref('silver_customer_identities') }} as identities
        on recommended.source_customer_key = identities.source_customer_key
    where
        recommended.is_action_taken
        and recommended.source_customer_key is not null
        and recommended.outcome_timestamp is not null
        and actions.action_kind in ('cross_sell', 'upsell')

),

states as (

    select
        customer_key,
        holding_key,
        valid_from_date,
        is_open,
        product_type,
        product_category,
        product_key,
        lag(product_key) over (partition by holding_key order by valid_from_date)
            as previous_product_key
    from holdings

),

-- a holding begins, or an account becomes another product: an upgrade
takings as (

    select
        *,
        valid_from_date as taken_date
    from states
    where is_open and product_key is distinct from previous_product_key

),

compared as (

    select
        offers.recommendation_key,
        max(case when takings.taken_date < offers.offer_date then 1 else 0 end) as was_held,
        min(case
            when takings.taken_date between offers.offer_date and offers.window_end_date
                then takings.taken_date
        end) as taken_date
    from offers
    inner join takings
        on
            offers.customer_key = takings.customer_key
            and coalesce(
                offers.offered_thing in (takings.product_type, takings.product_category), true
            )
    group by offers.recommendation_key

),

final as (

    select
        offers.recommendation_key,
        offers.customer_key,
        offers.recommended_action,
        -- more of what the customer has had is an upsell, whatever the list calls it
        case
            when offers.offered_thing is null then offers.action_kind
            when compared.was_held = 1 then 'upsell'
            else 'cross_sell'
        end as offer_kind,
        offers.offer_timestamp,
        offers.offer_date,
        offers.is_accepted,
        compared.taken_date,
        compared.taken_date is not null as is_successful,
        -- judged when the window is over and no sooner: successes are known before failures
        offers.window_end_date < build_dates.as_of as is_decided
    from offers
    left join compared on offers.recommendation_key = compared.recommendation_key
    cross join build_dates

)

select * from final
