{% set history_days = var('snapshot_history_days', none) %}
{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['snapshot_key'],
    meta={'touched_by': {'state_key': {'silver_household_states': 'state_key'}}},
) }}

with

days as (

    select date_day
    from {{ ref('dim_date') }}
    {% if history_days %}
        where date_day > (
            select {{ dbt.dateadd('day', '-' ~ history_days, 'max(every_day.date_day)') }}
            from {{ ref('dim_date') }} as every_day
        )
    {% endif %}

),

states as (select * from {{ ref('silver_household_states') }}),

{% if is_incremental() %}

    touched_states as ({{ touched('state_key') }}),

    last_days as (

        select coalesce(max(snapshot_date), date '{{ var("earliest_event_date") }}') as last_day
        from {{ this }}

    ),

    -- days that came since, and a range that is to be made again
    wanted_days as (

        select days.date_day
        from days
        cross join last_days
        where
            days.date_day > last_days.last_day
            {% if var('snapshot_from', none) and var('snapshot_to', none) %}
                or days.date_day between
                date '{{ var("snapshot_from") }}' and date '{{ var("snapshot_to") }}'
            {% endif %}

    ),

    -- all days of a state that changed; of the others those days
    state_days as (

        select
            states.*,
            days.date_day
        from states
        inner join days
            on
                states.valid_from_date <= days.date_day
                and coalesce(states.valid_to_date, date '9999-12-31') > days.date_day
        where states.state_key in (select touched_states.state_key from touched_states)
        union all
        select
            states.*,
            wanted_days.date_day
        from states
        inner join wanted_days
            on
                states.valid_from_date <= wanted_days.date_day
                and coalesce(states.valid_to_date, date '9999-12-31') > wanted_days.date_day
        where states.state_key not in (select touched_states.state_key from touched_states)

    ),

{% else %}

    state_days as (

        select
            states.*,
            days.date_day
        from states
        inner join days
            on
                states.valid_from_date <= days.date_day
                and coalesce(states.valid_to_date, date '9999-12-31') > days.date_day

    ),

{% endif %}

-- whole years, by the calendar
aged as (

    select
        *,
        {{ dbt.datediff('household_since_date', 'date_day', 'year') }}
        - case
            when
                month(date_day) * 100 + day(date_day)
                < month(household_since_date) * 100 + day(household_since_date)
                then 1
            else 0
        end as years
    from state_days

),

final as (

    select

        -- keys
        {{ surrogate_key(['household_key', 'date_day']) }} as snapshot_key,
        {{ date_key('date_day') }} as snapshot_date_key,
        household_key,
        {{ surrogate_key(['household_type_code']) }} as household_type_key,
        state_key,
        date_day as snapshot_date,

        -- who
        household_size,
        generation_count,
        household_type_code = 'multi_generational' as is_multi_generational,
        is_churned,
        begins_churn and date_day = valid_from_date as is_churn_day,

        -- measures
        total_products,
        total_balance,
        total_deposits,
        total_loans,
        household_revenue_ytd,
        household_lifetime_value,
        satisfaction_answers,
        satisfaction_sum,
        cast(years as integer) as household_tenure_years,
        1 as household_count

    from aged

)

select * from final
