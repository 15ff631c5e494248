{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['funnel_step_key'],
    meta={'touched_by': {'visitor_key': {'silver_funnel_attempts': 'visitor_key'}}},
) }}

with

steps_reached as (

    select * from {{ ref('silver_funnel_attempts') }}
    {% if is_incremental() %}
        where visitor_key in ({{ touched('visitor_key') }})
    {% endif %}

),

entries as (

    select * from steps_reached
    where step_number = 1

),

steps as (

    select distinct
        {{ surrogate_key(['funnel_name']) }} as funnel_key,
        funnel_name,
        step_number,
        step_name,
        max(step_number) over (partition by funnel_name) as step_count
    from {{ ref('funnels') }}

),

neighbours_seen as (

    select
        entries.visitor_key,
        entries.session_key,
        entries.customer_key,
        entries.channel_key,
        entries.attempt_count,
        entries.entered_at,
        steps.funnel_name,
        steps.step_number,
        steps.step_name,
        steps.step_count,
        steps_reached.reached_at,
        lag(steps_reached.reached_at) over in_order as previous_reached_at,
        lead(steps_reached.reached_at) over in_order is not null as is_next_reached
    from entries
    inner join steps on entries.funnel_key = steps.funnel_key
    left join steps_reached
        on
            entries.visitor_key = steps_reached.visitor_key
            and entries.funnel_key = steps_reached.funnel_key
            and steps.step_number = steps_reached.step_number
    window in_order as (
        partition by entries.visitor_key, entries.funnel_key order by steps.step_number
    )

),

final as (

    select

        -- keys
        {{ surrogate_key(['visitor_key', 'funnel_name', 'step_number']) }} as funnel_step_key,
        {{ date_key('entered_at') }} as entry_date_key,
        visitor_key,
        session_key,
        customer_key,
        channel_key,

        -- attributes
        funnel_name,
        step_number,
        step_name,
        cast(step_number as string) || ' ' || step_name as step_label,
        step_number = 1 as is_first_step,
        step_number = step_count as is_last_step,
        reached_at is not null as is_reached,
        reached_at is not null and not is_next_reached and step_number < step_count
            as is_dropped_off,

        -- measures
        attempt_count,
        cast(floor({{ seconds_between('previous_reached_at', 'reached_at') }}) as integer)
            as seconds_since_previous_step,
        cast(floor({{ seconds_between('entered_at', 'reached_at') }}) as integer)
            as seconds_since_entry,

        -- timestamps
        entered_at,
        reached_at

    from neighbours_seen

)

select * from final
