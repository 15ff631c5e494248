{{ config(materialized='table') }}

with

-- a golden customer's assignments, whichever record they name, of one type
assigned as (

    select
        members.customer_key,
        assignments.*
    from {{ ref('silver_customer_segment_assignments') }} as assignments
    inner join {{ ref('int_lifecycle__members') }} as members
        on assignments.source_customer_key = members.source_customer_key
    where assignments.segment_id is not null

),

-- of several for one moment one counts
moments as (

    select * from assigned
    qualify row_number() over (
        partition by customer_key, segment_type, holds_from_timestamp
        order by
            assignment_timestamp desc, assignment_score desc nulls last, segment_assignment_key asc
    ) = 1

),

build_dates as (

    select {{ dbt.dateadd('day', 1, 'cast(as_of as timestamp)') }} as known_until
    from {{ ref('int_core__build_dates') }}

),

-- the next assignment of the type ends it, or its own end, if that is over by the build date
spans as (

    select
        moments.*,
        lead(moments.holds_from_timestamp) over of_type as next_from_timestamp,
        least(
            case
                when moments.holds_to_timestamp <= build_dates.known_until
                    then moments.holds_to_timestamp
            end,
            lead(moments.holds_from_timestamp) over of_type
        ) as effective_to
    from moments
    cross join build_dates
    window
        of_type as (
            partition by moments.customer_key, moments.segment_type
            order by moments.holds_from_timestamp
        )

),

held as (

    select * from spans
    where effective_to is null or effective_to > holds_from_timestamp

),

-- the same segment once more, without a break, is the same stay
compared as (

    select
        *,
        case
            when
                lag(segment_id) over of_type = segment_id
                and lag(effective_to) over of_type = holds_from_timestamp
                then 0
            else 1
        end as is_new
    from held
    window of_type as (
        partition by customer_key, segment_type order by holds_from_timestamp
    )

),

numbered as (

    select
        *,
        sum(is_new) over (
            partition by customer_key, segment_type order by holds_from_timestamp
            rows between unbounded preceding and current row
        ) as stay_number
    from compared

),

-- a stay has the key of its first assignment and says what its last one said
final as (

    select
        customer_key,
        segment_type,
        first_value(segment_assignment_key) over stay as segment_key,
        min(holds_from_timestamp) over stay as effective_from,
        effective_to,
        cast(count(*) over stay as integer) as assignment_count,
        segment_id,
        segment_name,
        segment_category,
        segmentation_model,
        model_version,
        assignment_score,
        assignment_reason,
        segment_attributes,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch
    from numbered
    window
        stay as (
            partition by customer_key, segment_type, stay_number order by holds_from_timestamp
            rows between unbounded preceding and unbounded following
        )
    qualify row_number() over (
        partition by customer_key, segment_type, stay_number order by holds_from_timestamp desc
    ) = 1

)

select * from final
