with

-- what is known at the end of each such day
known as (

    select
        moments.customer_key,
        moments.moment_date,
        firsts.became_customer_date,
        coalesce(last_value(moments.set_silence ignore nulls) over so_far, 0) as silence,
        max(case when moments.ended_silence = 2 then moments.moment_date end) over so_far
            as returned_date,
        max(case when moments.further_products > 0 then moments.moment_date end) over so_far
            as grown_date,
        sum(moments.activations) over so_far > 0 as is_activated,
        sum(moments.products) over so_far as open_products,
        max(case when moments.products <> 0 then 1 else 0 end) over so_far = 1 as had_products
    from {{ ref('int_lifecycle__moments') }} as moments
    inner join {{ ref('int_lifecycle__starts') }} as firsts
        on moments.customer_key = firsts.customer_key
    window so_far as (
        partition by moments.customer_key order by moments.moment_date
        rows between unbounded preceding and current row
    )

),

aged as (

    select
        *,
        {{ dbt.datediff('became_customer_date', 'moment_date', 'day') }} as customer_days,
        {{ dbt.datediff('returned_date', 'moment_date', 'day') }} as returned_days,
        {{ dbt.datediff('grown_date', 'moment_date', 'day') }} as grown_days
    from known

),

-- the state machine: the first rule that fits
judged as (

    select
        *,
        case
            when became_customer_date is null or customer_days < 0 then 'prospect'
            when had_products and open_products <= 0 or silence = 3 then 'churned'
            when silence = 2 then 'dormant'
            when silence = 1 then 'at_risk'
            when returned_days < {{ var("lifecycle_reactivated_days") }} then 'reactivated'
            when not is_activated and customer_days < {{ var("lifecycle_onboarding_days") }}
                then 'onboarding'
            when grown_days < {{ var("lifecycle_growing_days") }} then 'growing'
            when customer_days >= {{ var("lifecycle_mature_days") }} then 'mature'
            else 'active'
        end as stage_code
    from aged

),

compared as (

    select
        *,
        lag(stage_code) over (partition by customer_key order by moment_date) as last_stage_code
    from judged

),

changes as (

    select * from compared
    where last_stage_code is distinct from stage_code

),

final as (

    select
        customer_key,
        stage_code,
        last_stage_code,
        moment_date as valid_from_date,
        lead(moment_date) over (partition by customer_key order by moment_date) as valid_to_date,
        case
            when last_stage_code is null then 'first_seen'
            when stage_code = 'onboarding' then 'became_customer'
            when stage_code = 'churned' and silence < 3 then 'products_closed'
            when stage_code in ('churned', 'dormant', 'at_risk') then 'silence'
            when last_stage_code in ('churned', 'dormant', 'at_risk') then 'activity'
            when stage_code = 'growing' then 'further_product'
            when stage_code = 'mature' then 'tenure'
            when last_stage_code = 'onboarding' and is_activated then 'first_transaction'
            when last_stage_code = 'prospect' then 'became_customer'
            else 'time'
        end as rule_code
    from changes

)

select * from final
