with

-- where a segment ends without another, there is none
changes as (

    select
        customer_key,
        effective_from as changed_at,
        segment_id,
        segment_tier
    from {{ ref('silver_customer_segments_history') }}
    where segment_type = '{{ var("snapshot_segment_type") }}'
    union all
    select
        ended.customer_key,
        ended.effective_to as changed_at,
        null as segment_id,
        null as segment_tier
    from {{ ref('silver_customer_segments_history') }} as ended
    left join {{ ref('silver_customer_segments_history') }} as next_one
        on
            ended.customer_key = next_one.customer_key
            and ended.segment_type = next_one.segment_type
            and ended.effective_to = next_one.effective_from
    where
        ended.segment_type = '{{ var("snapshot_segment_type") }}'
        and ended.effective_to is not null
        and next_one.customer_key is null

),

final as (

    select
        customer_key,
        cast(changed_at as date) as point_date,
        coalesce(segment_id, '(none)') as segment_id,
        coalesce(segment_tier, '(none)') as segment_tier
    from changes
    qualify row_number() over (
        partition by customer_key, cast(changed_at as date) order by changed_at desc
    ) = 1

)

select * from final
