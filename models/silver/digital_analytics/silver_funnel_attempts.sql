{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['visitor_key', 'funnel_key', 'step_number'],
    meta={
        'touched_by': {'visitor_key': {'silver_funnel_events': 'visitor_key'}},
        'units': ['visitor_key'],
    },
) }}

with recursive events as (

    select * from {{ ref('silver_funnel_events') }}
    where
        ({{ var("include_bots") }} or not (is_bot or is_test))
        {% if is_incremental() %}
            and visitor_key in ({{ touched('visitor_key') }})
        {% endif %}

),

moments as (

    select distinct
        visitor_key,
        funnel_key,
        step_number,
        event_timestamp as reached_at
    from events

),

-- each moment twice: as where a step begins, and as where the step before it leads
ends as (

    select
        *,
        false as is_next
    from moments
    union all
    select
        visitor_key,
        funnel_key,
        step_number - 1 as step_number,
        reached_at,
        true as is_next
    from moments
    where step_number > 1

),

-- the next step is the first one later than this; what happens at the same instant is not after it
next_steps as (

    select
        *,
        min(case when is_next then reached_at end) over (
            partition by visitor_key, funnel_key, step_number
            order by reached_at desc, is_next asc
            rows between unbounded preceding and current row
        ) as next_timestamp
    from ends

),

-- an attempt begins at each entry and takes each step at the first chance; one round per step
attempts as (

    select
        *,
        reached_at as entered_at
    from moments
    where step_number = 1
    union all
    select
        attempts.visitor_key,
        attempts.funnel_key,
        attempts.step_number + 1 as step_number,
        next_steps.next_timestamp as reached_at,
        attempts.entered_at
    from attempts
    inner join next_steps
        on
            attempts.visitor_key = next_steps.visitor_key
            and attempts.funnel_key = next_steps.funnel_key
            and attempts.step_number = next_steps.step_number
            and attempts.reached_at = next_steps.reached_at
            and not next_steps.is_next
    inner join {{ ref('int_funnels__definitions') }} as funnels
        on attempts.funnel_key = funnels.funnel_key
    where
        {{ seconds_between('attempts.entered_at', 'next_steps.next_timestamp') }}
        <= funnels.window_hours * 3600

),

-- the best attempt: the deepest, of those the fastest, of those the earliest
best_attempts as (

    select
        visitor_key,
        funnel_key,
        entered_at,
        count(*) over (partition by visitor_key, funnel_key) as attempt_count
    from attempts
    group by visitor_key, funnel_key, entered_at
    qualify row_number() over (
        partition by visitor_key, funnel_key
        order by
            max(step_number) desc,
            {{ seconds_between('entered_at', 'max(reached_at)') }},
            entered_at
    ) = 1

),

final as (

    select
        attempts.visitor_key,
        attempts.funnel_key,
        entries.definition_key,
        attempts.step_number,
        entries.session_key,
        entries.customer_key,
        entries.channel_key,
        cast(best_attempts.attempt_count as integer) as attempt_count,
        attempts.entered_at,
        attempts.reached_at,
        {{ batch_number() }} as derived_in_batch
    from attempts
    inner join best_attempts
        on
            attempts.visitor_key = best_attempts.visitor_key
            and attempts.funnel_key = best_attempts.funnel_key
            and attempts.entered_at = best_attempts.entered_at
    inner join events as entries
        on
            attempts.visitor_key = entries.visitor_key
            and attempts.funnel_key = entries.funnel_key
            and attempts.entered_at = entries.event_timestamp
            and entries.step_number = 1
    qualify row_number() over (
        partition by attempts.visitor_key, attempts.funnel_key, attempts.step_number
        order by entries.session_key, entries.event_kind, entries.event_key
    ) = 1

)

select * from final
