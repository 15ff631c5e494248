with

calendar as (select * from {{ ref('dim_date') }}),

final as (

    select

        -- keys
        visits.stage_visit_key,
        entries.date_key as stage_entry_date_key,
        exits.date_key as stage_exit_date_key,
        visits.journey_key,
        journeys.journey_definition_key,
        journeys.customer_key,
        visits.stage_key,
        {{ surrogate_key(['visits.previous_stage_code']) }} as previous_stage_key,

        -- attributes
        visits.stage_source,
        visits.visit_number,
        visits.visit_number_of_stage,
        visits.stage_number,
        visits.is_regression,
        visits.is_last_visit,
        visits.exit_kind,
        visits.exit_kind = 'dropped_off' as is_drop_off,
        visits.exit_kind in ('progressed', 'converted') and visits.is_within_time
            as is_timely_progress,

        -- measures
        visits.hours_in_stage,
        1 as stage_visit_count,

        -- timestamps
        visits.stage_entry_timestamp,
        visits.stage_exit_timestamp

    from {{ ref('silver_journey_stages') }} as visits
    inner join {{ ref('silver_customer_journeys') }} as journeys
        on visits.journey_key = journeys.journey_key
    left join calendar as entries
        on cast(visits.stage_entry_timestamp as date) = entries.date_day
    left join calendar as exits
        on cast(visits.stage_exit_timestamp as date) = exits.date_day

)

select * from final
