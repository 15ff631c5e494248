with

side_by_side as (

    select
        journeys.journey_key,
        -- a source that has no word for «entered» calls it active
        case
            when delivered.asserted_status = 'active' and journeys.journey_status = 'entered'
                then 'entered'
            else delivered.asserted_status
        end as asserted_status,
        journeys.journey_status,
        delivered.asserted_stage_code,
        progress.current_stage_code,
        delivered.asserted_touchpoints,
        coalesce(evidence.touchpoint_count, 0) as touchpoint_count,
        delivered.asserted_stages_completed,
        progress.stages_completed,
        delivered.asserted_progress,
        cast(
            100.0 * least(progress.stages_completed, progress.stages_total)
            / nullif(progress.stages_total, 0) as decimal(5, 2)
        ) as completion_rate
    from {{ ref('int_journeys__status') }} as journeys
    inner join {{ ref('silver_journey_assertions') }} as delivered
        on journeys.journey_key = delivered.journey_key
    inner join {{ ref('int_journeys__progress') }} as progress
        on journeys.journey_key = progress.journey_key
    left join {{ ref('int_journeys__evidence') }} as evidence
        on journeys.journey_key = evidence.journey_key

),

-- null where one side says nothing; a share that was rounded differs by less than one
compared as (

    select
        *,
        asserted_status <> journey_status as is_status_different,
        asserted_stage_code <> current_stage_code as is_stage_different,
        asserted_touchpoints <> touchpoint_count as is_touchpoint_count_different,
        asserted_stages_completed <> stages_completed as is_stage_count_different,
        abs(asserted_progress - completion_rate) >= 1 as is_progress_different
    from side_by_side

),

{% set differences = [
    'is_status_different', 'is_stage_different', 'is_touchpoint_count_different',
    'is_stage_count_different', 'is_progress_different',
] %}

counted as (

    select
        *,
        {% for difference in differences -%}
            case when {{ difference }} is null then 0 else 1 end
            {{- ' + ' if not loop.last }}
        {%- endfor %} as assertion_count,
        {% for difference in differences -%}
            case when {{ difference }} then 1 else 0 end
            {{- ' + ' if not loop.last }}
        {%- endfor %} as difference_count
    from compared

),

final as (

    select
        *,
        cast(
            100.0 * (assertion_count - difference_count) / nullif(assertion_count, 0)
            as decimal(5, 2)
        ) as agreement_pct
    from counted

)

select * from final
