{{ config(materialized='table') }}

with

outcomes as (

    select
        *,
        cast(outcome_timestamp as date) as outcome_date
    from {{ ref('int_next_best_actions__outcomes') }}
    where is_accepted is not null

),

-- the model's choices went to those who were likely to accept, chance's to anybody: where there are
-- any, an action's rate is that of chance
chance as (

    select coalesce(bool_or(is_random_arm), false) as is_there from outcomes

),

learnt as (

    select
        'action' as rate_kind,
        outcomes.recommended_action as rate_of,
        outcomes.outcome_date,
        outcomes.is_accepted,
        outcomes.actual_value
    from outcomes
    cross join chance
    where outcomes.is_random_arm or not chance.is_there
    union all
    select
        'value' as rate_kind,
        recommended_action as rate_of,
        outcome_date,
        is_accepted,
        actual_value
    from outcomes
    union all
    select
        'band' as rate_kind,
        cast(probability_band as string) as rate_of,
        outcome_date,
        is_accepted,
        actual_value
    from outcomes
    where probability_band is not null

),

days as (

    select
        rate_kind,
        rate_of,
        outcome_date,
        count(*) as tried,
        sum(case when is_accepted then 1 else 0 end) as accepted,
        count(case when is_accepted then actual_value end) as valued,
        sum(case when is_accepted then coalesce(actual_value, 0) else 0 end) as accepted_value
    from learnt
    group by rate_kind, rate_of, outcome_date

),

moment_dates as (

    select distinct moment_date from {{ ref('int_next_best_actions__moments') }}

),

final as (

    select
        moment_dates.moment_date,
        days.rate_kind,
        days.rate_of,
        cast(sum(days.tried) as bigint) as tried,
        cast(sum(days.accepted) as bigint) as accepted,
        cast(sum(days.valued) as bigint) as valued,
        cast(sum(days.accepted_value) as decimal(38, 2)) as accepted_value
    from moment_dates
    inner join days on moment_dates.moment_date > days.outcome_date
    group by moment_dates.moment_date, days.rate_kind, days.rate_of

)

select * from final
