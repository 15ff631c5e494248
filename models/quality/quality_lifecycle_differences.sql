{{ config(group='customer_360') }}

with

dates as (select * from {{ ref('int_segments__dates') }}),

-- of several stages told for one moment the later one of the machine counts, as in the history
told as (

    select
        told.customer_key,
        told.entered_at,
        max_by(told.stage_code, kinds.stage_sequence) as stage_code
    from {{ ref('int_lifecycle__told') }} as told
    inner join {{ ref('lifecycle_stages') }} as kinds on told.stage_code = kinds.stage_code
    group by told.customer_key, told.entered_at

),

told_then as (

    select
        told.customer_key,
        dates.as_of_date,
        max_by(told.stage_code, told.entered_at) as stage_code
    from told
    inner join dates on cast(told.entered_at as date) <= dates.as_of_date
    group by told.customer_key, dates.as_of_date

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
