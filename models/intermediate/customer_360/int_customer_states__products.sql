with

holdings as (

    select
        customer_key,
        valid_from_date,
        valid_to_date,
        case when is_open then 1 else 0 end as is_held,
        case when is_active then 1 else 0 end as is_used,
        case when is_open then coalesce(balance, 0) else 0 end as balance,
        balance_kind
    from {{ ref('silver_product_holdings') }}

),

-- what an interval brings on its first day goes on the day after its last
changes as (

    select
        customer_key,
        valid_from_date as point_date,
        is_held,
        is_used,
        balance,
        balance_kind
    from holdings
    union all
    select
        customer_key,
        valid_to_date as point_date,
        -is_held as is_held,
        -is_used as is_used,
        -balance as balance,
        balance_kind
    from holdings
    where valid_to_date is not null

),

final as (

    select
        customer_key,
        point_date,
        cast(sum(is_held) as integer) as total_products,
        cast(sum(is_used) as integer) as active_products,
        {% for kind in ['deposit', 'investment', 'loan'] %}
            cast(
                sum(case when balance_kind = '{{ kind }}' then balance else 0 end)
                as decimal(18, 2)
            ) as total_{{ kind }}s,
        {% endfor %}
        cast(count(*) as integer) as change_count
    from changes
    group by customer_key, point_date

)

select * from final
