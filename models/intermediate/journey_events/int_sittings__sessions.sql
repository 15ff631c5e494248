{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['sitting_key'],
    meta={
        'touched_by': {'sitting_key': {'int_sittings__customers': 'sitting_key'}},
        'units': ['sitting_key', 'session_key'],
    },
) }}

-- The second level: what one person did without a pause, on whatever device.
with

{% if is_incremental() %}
    -- where a sitting is now, and where and whose it was before it changed or went
    first_changes as (

        select
            person_key,
            min(sitting_start_timestamp) as first_changed_at
        from (
            select
                person_key,
                sitting_start_timestamp
            from {{ ref('int_sittings__customers') }}
            where derived_in_batch > {{ last_batch_of(model.name) }}
            union all
            select
                known.person_key,
                known.sitting_start_timestamp
            from {{ this }} as known
            where known.sitting_key in ({{ touched('sitting_key') }})
        ) as places
        group by person_key

    ),

    touched_people as (

        select
            first_changes.person_key,
            coalesce(
                max(known.stretch_start_timestamp), timestamp '0001-01-01 00:00:00'
            ) as touched_from
        from first_changes
        left join {{ this }} as known
            on
                first_changes.person_key = known.person_key
                and first_changes.first_changed_at > known.stretch_start_timestamp
        group by first_changes.person_key

    ),
{% endif %}

sittings as (

    select sittings.*
    from {{ ref('int_sittings__customers') }} as sittings
    {% if is_incremental() %}
        inner join touched_people
            on
                sittings.person_key = touched_people.person_key
                and sittings.sitting_start_timestamp >= touched_people.touched_from
    {% endif %}

),

ends_so_far as (

    select
        *,
        max(sitting_end_timestamp) over (
            partition by person_key
            order by sitting_start_timestamp, sitting_key
            rows between unbounded preceding and 1 preceding
        ) as latest_end_timestamp
    from sittings

),

stretches_opened as (

    select
        *,
        max(
            case
                when
                    latest_end_timestamp is null
                    or sitting_start_timestamp
                    > latest_end_timestamp + interval '{{ var("session_gap_seconds") }}' second
                    then sitting_start_timestamp
            end
        ) over (
            partition by person_key
            order by sitting_start_timestamp, sitting_key
            rows between unbounded preceding and current row
        ) as stretch_start_timestamp
    from ends_so_far

),

stretches_cut as (

    select
        *,
        greatest(
            ceil(
                {{ seconds_between('stretch_start_timestamp', 'sitting_start_timestamp') }}
                / ({{ var("max_session_hours") }} * 3600)
            ) - 1, 0
        ) as stretch_part
    from stretches_opened

),

final as (

    select
        sitting_key,
        -- the key of its first sitting, that is a visitor and an instant: who logs in is not in it
        first_value(sitting_key) over session as session_key,
        visitor_key,
        person_key,
        customer_key,
        sitting_start_timestamp,
        first_value(sitting_start_timestamp) over session as session_start_timestamp,
        stretch_start_timestamp,
        is_authenticated,
        stretch_part > 0 or is_capped as is_capped,
        is_bot,
        is_test,
        {{ batch_number() }} as derived_in_batch
    from stretches_cut
    window session as (
        partition by person_key, stretch_start_timestamp, stretch_part
        order by sitting_start_timestamp, sitting_key
    )

)

select * from final
