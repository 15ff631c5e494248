{{ config(group='customer_360') }}

with

dates as (select * from {{ ref('int_segments__dates') }}),

told as (

    select
        customer_key,
        stage_code,
        cast(entered_at as date) as valid_from_date,
        cast(lead(entered_at) over (partition by customer_key order by entered_at) as date)
            as valid_to_date
    from {{ ref('int_lifecycle__told') }}

),

told_then as (

    select
        told.customer_key,
        dates.as_of_date,
        told.stage_code
    from told
    inner join dates
        on
            told.valid_from_date <= dates.as_of_date
            and (told.valid_to_date > dates.as_of_date or told.valid_to_date is null)
    qualify row_number() over (
        partition by told.customer_key, dates.as_of_date
        order by told.valid_from_date desc, told.stage_code asc
    ) = 1

),

behaved_then as (

    select
        behaviour.customer_key,
        dates.as_of_date,
        behaviour.stage_code
    from {{ ref('int_lifecycle__behaviour') }} as behaviour
    inner join dates
        on
            behaviour.valid_from_date <= dates.as_of_date
            and (behaviour.valid_to_date > dates.as_of_date or behaviour.valid_to_date is null)

),

final as (

    select
        behaved_then.as_of_date,
        coalesce(told_then.stage_code, '(nothing)') as told_stage,
        behaved_then.stage_code as behaviour_stage,
        coalesce(told_then.stage_code = behaved_then.stage_code, false) as is_same,
        coalesce(told_kinds.stage_category = kinds.stage_category, false) as is_same_category,
        count(*) as customers
    from behaved_then
    left join told_then
        on
            behaved_then.customer_key = told_then.customer_key
            and behaved_then.as_of_date = told_then.as_of_date
    inner join {{ ref('lifecycle_stages') }} as kinds
        on behaved_then.stage_code = kinds.stage_code
    left join {{ ref('lifecycle_stages') }} as told_kinds
        on told_then.stage_code = told_kinds.stage_code
    group by all

)

select * from final
