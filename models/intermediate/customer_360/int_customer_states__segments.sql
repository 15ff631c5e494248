with

history as (

    select * from {{ ref('silver_customer_segments_history') }}
    where segment_type = '{{ var("segment_main_scheme") }}'

),

-- a new version of a segment is another segment
entries as (

    select
        history.customer_key,
        greatest(history.effective_from, definitions.effective_from) as changed_at,
        definitions.segment_key,
        definitions.segment_tier
    from history
    inner join {{ ref('silver_customer_segment_definitions') }} as definitions
        on
            history.segment_type = definitions.segment_scheme
            and history.segment_id = definitions.segment_id
            and (
                definitions.effective_to is null
                or history.effective_from < definitions.effective_to
            )
            and (
                history.effective_to is null
                or history.effective_to > definitions.effective_from
            )

),

changes as (

    select * from entries
    union all
    -- where a segment ends without another, there is none
    select
        customer_key,
        effective_to as changed_at,
        -1 as segment_key,
        '(none)' as segment_tier
    from history
    where effective_to is not null

),

final as (

    select
        customer_key,
        cast(changed_at as date) as point_date,
        segment_key,
        coalesce(segment_tier, '(none)') as segment_tier
    from changes
    -- of several in a day the last one, and of two at one instant the one that begins
    qualify row_number() over (
        partition by customer_key, cast(changed_at as date)
        order by changed_at desc, segment_key desc
    ) = 1

)

select * from final
