{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['customer_state_key', 'snapshot_date'],
    meta={'touched_by': {'customer_state_key': {'silver_customer_states': 'customer_state_key'}}},
) }}
{% set history_days, range_from = var("snapshot_history_days"), var("snapshot_from") %}
{% set history_from = dbt.dateadd('day', '1 - ' ~ history_days, 'build_dates.as_of')
    if history_days else 'calendar.first_date' %}
{% set first_day = "least(build_from, date '" ~ range_from ~ "')" if range_from else 'build_from' %}

with

build_dates as (select max(as_of_date) as as_of from {{ ref('silver_customer_engagement') }}),

-- who is known to be a customer since before the calendar begins is told of from then
calendar as (select min(date_day) as first_date from {{ ref('dim_date') }}),

{% if is_incremental() %}
    changed as (select distinct * from ({{ touched('customer_state_key') }}) as touched_states),

    built as (

        select
            min(snapshot_date) as first_date,
            {{ dbt.dateadd('day', 1, 'max(snapshot_date)') }} as next_date
        from {{ this }}

    ),
{% endif %}

-- of a state that is new or changed all days are built, of the others those after the last and,
-- where the calendar begins earlier now, those before the first
states as (

    select
        states.*,
        {% if is_incremental() %}
            case
                when
                    changed.customer_state_key is null
                    and built.first_date <= greatest(states.valid_from_date, {{ history_from }})
                    then greatest(built.next_date, {{ history_from }})
                else least(built.first_date, {{ history_from }})
            end as build_from,
        {% else %}
            {{ history_from }} as build_from,
        {% endif %}
        least({{ dbt.dateadd('day', -1, 'states.valid_to_date') }}, build_dates.as_of) as last_day
    from {{ ref('silver_customer_states') }} as states
    cross join build_dates
    cross join calendar
    {% if is_incremental() %}
        cross join built
        left join changed on states.customer_state_key = changed.customer_state_key
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
        cast(moment as date) as snapshot_date,
        -- what a state counts up to its first day stands until the month or the year is over
        date_trunc('month', moment) = date_trunc('month', valid_from_date) as is_month_of_state,
        year(moment) = year(valid_from_date) as is_year_of_state
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
        {{ surrogate_key(['customer_key', 'snapshot_date']) }} as snapshot_key,
        {{ date_key('snapshot_date') }} as snapshot_date_key,
        customer_key,
        coalesce(household_key, -1) as household_key,
        {{ surrogate_key(['lifecycle_stage']) }} as lifecycle_stage_key,
        coalesce(segment_key, -1) as segment_key,
        customer_state_key,

        -- the day
        snapshot_date,
        cast(floor(
            ({{ date_key('snapshot_date') }} - {{ date_key('birth_date') }}) / 10000
        ) as integer) as customer_age,
        cast(
            {{ dbt.datediff('became_customer_date', 'snapshot_date', 'month') }}
            - case when day(snapshot_date) < day(became_customer_date) then 1 else 0 end as integer
        ) as tenure_months,

        -- what the customer has and is worth
        total_products,
        active_products,
        cast(total_deposits + total_investments as decimal(18, 2)) as total_balance,
        total_deposits,
        total_loans,
        case when is_month_of_state then revenue_mtd end as revenue_mtd,
        case when is_year_of_state then revenue_ytd end as revenue_ytd,
        case when is_month_of_state then profit_mtd end as profit_mtd,
        case when is_year_of_state then profit_ytd end as profit_ytd,
        customer_lifetime_value,
        churn_risk_score,
        profitability_score,
        satisfaction_score,
        digital_adoption_score,

        -- what the customer does
        cast({{ dbt.datediff('last_login_date', 'snapshot_date', 'day') }} as integer)
            as days_since_last_login,
        cast({{ dbt.datediff('last_transaction_date', 'snapshot_date', 'day') }} as integer)
            as days_since_last_transaction,
        {% for column in ['transactions_mtd', 'interactions_mtd', 'complaints_mtd'] %}
            case when is_month_of_state then {{ column }} else 0 end as {{ column }},
        {% endfor %}
        coalesce(
            {{ dbt.datediff('last_activity_date', 'snapshot_date', 'day') }}
            < {{ var("active_customer_days") }}, false
        ) as active_customer_flag,
        churn_risk_band in ('high', 'critical') as churn_risk_flag,
        coalesce(segment_tier = 'platinum', false) as vip_flag,
        1 as customer_count,

        -- the customer base
        is_in_base,
        case when is_month_of_state then was_in_base_at_month_start else is_in_base end
            as was_in_base_at_month_start,
        case when snapshot_date = valid_from_date then base_change end as base_change
    from dated

)

select * from final
