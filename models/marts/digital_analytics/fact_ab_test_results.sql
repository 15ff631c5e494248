{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['result_key'],
    meta={
        'touched_by': {'result_key': {'silver_ab_test_assignments': 'assignment_key'}},
        'selected_by': {
            'source_customer_key': {'silver_customer_identities': 'source_customer_key'},
        },
    },
) }}

with

assignments as (

    select * from {{ ref('silver_ab_test_assignments') }}
    where
        ({{ var("include_bots") }} or not (is_bot or is_test))
        {% if is_incremental() %}
            and (
                assignment_key in ({{ touched('result_key') }})
                or source_customer_key in ({{ touched('source_customer_key') }})
            )
        {% endif %}

),

final as (

    select

        -- keys
        assignments.assignment_key as result_key,
        {{ date_key('assignments.exposure_timestamp') }} as exposure_date_key,
        coalesce(identities.customer_key, assignments.source_customer_key) as customer_key,
        assignments.experiment_key,
        assignments.variant_key,
        coalesce(platforms.platform_key, -1) as platform_key,

        -- attributes
        assignments.unit_type,
        assignments.is_contaminated,
        assignments.is_converted as conversion_flag,

        -- measures
        assignments.conversion_value,
        assignments.time_to_conversion_minutes,
        assignments.exposure_count,

        -- timestamps
        assignments.exposure_timestamp

    from assignments
    left join {{ ref('silver_customer_identities') }} as identities
        on assignments.source_customer_key = identities.source_customer_key
    left join {{ ref('dim_platform') }} as platforms
        on assignments.platform = platforms.platform_name

)

select * from final
