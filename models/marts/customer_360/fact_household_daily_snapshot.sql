{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['state_key', 'snapshot_date'],
    meta={'touched_by': {'state_key': {'silver_household_states': 'state_key'}}},
) }}
{% set history_days, range_from = var("snapshot_history_days"), var("snapshot_from") %}
{% set earliest = "date '" ~ var("earliest_event_date") ~ "'" %}
{% set history_from = dbt.dateadd('day', '1 - ' ~ history_days, 'build_dates.as_of')
    if history_days else earliest %}
{% set first_day = "least(build_from, date '" ~ range_from ~ "')" if range_from else 'build_from' %}

with

build_dates as (select max(as_of_date) as as_of from {{ ref('silver_household') }}),

{% if is_incremental() %}
    changed as (select distinct * from ({{ touched('state_key') }}) as touched_states),

    built as (

        select
            min(snapshot_date) as first_date,
            coalesce({{ dbt.dateadd('day', 1, 'max(snapshot_date)') }}, {{ earliest }}) as next_date
        from {{ this }}

    ),
{% endif %}

-- of a state that is new or changed all days are built, of the others those after the last
states as (

    select
        states.*,
        {% if is_incremental() %}
            case
                when changed.state_key is null
                    then greatest(built.next_date, {{ history_from }})
                else least(built.first_date, {{ history_from }})
            end as build_from,
        {% else %}
            {{ history_from }} as build_from,
        {% endif %}
        least(
            {{ dbt.dateadd('day', -1, 'states.valid_to_date') }}, build_dates.as_of
        ) as last_day
    from {{ ref('silver_household_states') }} as states
    cross join build_dates
    {% if is_incremental() %}
        cross join built
        left join changed on states.state_key = changed.state_key
    {% endif %}

),

days as (

    select
        *,
        {{ rows_of_days('greatest(valid_from_date, ' ~ first_day ~ ')', 'last_day') }} as moment
    from states
    where valid_from_date <= last_day and {{ first_day }} <= last_day

),

dated as (

    select
        *,
        cast(moment as date) as date_day
    from days
    {% if range_from %}
        where
            moment >= build_from
            or moment between date '{{ range_from }}' and date '{{ var("snapshot_to") }}'
    {% endif %}

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
        cast(
            floor(({{ date_key('date_day') }} - {{ date_key('household_since_date') }}) / 10000)
            as integer
        ) as household_tenure_years,
        1 as household_count

    from dated

)

select * from final
