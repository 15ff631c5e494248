{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['part_kind', 'part_key'],
    meta={
        'touched_by': {'part_key': {'int_session_parts': 'part_key'}},
        'units': ['sitting_key'],
    },
) }}

-- The first of two levels: what one visitor (a device) did without a pause. A login never cuts it.
with

{% if is_incremental() %}
    -- where a part is now, and where it was before it changed or went
    first_changes as (

        select
            visitor_key,
            min(part_start_timestamp) as first_changed_at
        from (
            select
                visitor_key,
                part_start_timestamp
            from {{ ref('int_session_parts') }}
            where derived_in_batch > {{ last_batch_of(model.name) }}
            union all
            select
                known.visitor_key,
                known.part_start_timestamp
            from {{ this }} as known
            where known.part_key in ({{ touched('part_key') }})
        ) as places
        group by visitor_key

    ),

    -- what comes before the stretch that had begun when something changed stays as it is
    touched_visitors as (

        select
            first_changes.visitor_key,
            coalesce(
                max(known.stretch_start_timestamp), timestamp '0001-01-01 00:00:00'
            ) as touched_from
        from first_changes
        left join {{ this }} as known
            on
                first_changes.visitor_key = known.visitor_key
                and first_changes.first_changed_at > known.stretch_start_timestamp
        group by first_changes.visitor_key

    ),
{% endif %}

-- a part that lasts is followed by what comes within the gap of its end, not of its beginning
ends_so_far as (

    select
        parts.*,
        max(parts.part_end_timestamp) over (
            partition by parts.visitor_key
            order by parts.part_start_timestamp, parts.part_kind, parts.part_key
            rows between unbounded preceding and 1 preceding
        ) as latest_end_timestamp
    from {{ ref('int_session_parts') }} as parts
    {% if is_incremental() %}
        inner join touched_visitors
            on
                parts.visitor_key = touched_visitors.visitor_key
                and parts.part_start_timestamp >= touched_visitors.touched_from
    {% endif %}

),

stretches_opened as (

    select
        *,
        max(
            case
                when
                    latest_end_timestamp is null
                    or part_start_timestamp
                    > latest_end_timestamp + interval '{{ var("session_gap_seconds") }}' second
                    then part_start_timestamp
            end
        ) over (
            partition by visitor_key
            order by part_start_timestamp, part_kind, part_key
            rows between unbounded preceding and current row
        ) as stretch_start_timestamp
    from ends_so_far

),

-- a stretch without end is cut into sittings of max_session_hours, counted from its first part
stretches_cut as (

    select
        *,
        greatest(
            ceil(
                {{ seconds_between('stretch_start_timestamp', 'part_start_timestamp') }}
                / ({{ var("max_session_hours") }} * 3600)
            ) - 1, 0
        ) as stretch_part
    from stretches_opened

),

sittings_numbered as (

    select
        *,
        first_value(part_start_timestamp) over sitting as sitting_start_timestamp,
        row_number() over sitting as sitting_part_number
    from stretches_cut
    window sitting as (
        partition by visitor_key, stretch_start_timestamp, stretch_part
        order by part_start_timestamp, part_kind, part_key
    )

),

final as (

    select
        part_kind,
        part_key,
        {{ surrogate_key(['visitor_key', 'sitting_start_timestamp']) }} as sitting_key,
        visitor_key,
        visitor_id_type,
        part_start_timestamp,
        part_end_timestamp,
        stretch_start_timestamp,
        sitting_start_timestamp,
        cast(sitting_part_number as integer) as sitting_part_number,
        stretch_part > 0 as is_capped,
        login_customer_key,
        device_customer_key,
        is_bot,
        is_test,
        {{ batch_number() }} as derived_in_batch
    from sittings_numbered

)

select * from final
