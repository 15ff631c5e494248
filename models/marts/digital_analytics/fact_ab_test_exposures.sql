{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['exposure_key'],
    meta={
        'touched_by': {
            'exposure_key': {
                'silver_ab_test_exposures': 'exposure_key',
                'silver_web_event_sessions': 'event_key',
            },
        },
        'selected_by': {
            'source_customer_key': {'silver_customer_identities': 'source_customer_key'},
        },
    },
) }}

with

places as (

    select * from {{ ref('silver_web_event_sessions') }}
    where event_kind = 'exposure'

),

experiments as (select * from {{ ref('silver_experiments') }}),

exposures as (

    select * from {{ ref('silver_ab_test_exposures') }}
    where
        counts_in_test
        {% if is_incremental() %}
            and exposure_key in (
                {{ touched('exposure_key') }}
                union all
                select resolved_anew.exposure_key
                from {{ ref('silver_ab_test_exposures') }} as resolved_anew
                where resolved_anew.source_customer_key in ({{ touched('source_customer_key') }})
                union all
                -- those whose version of the experiment is no longer what it was
                select known.exposure_key
                from {{ this }} as known
                left join experiments
                    on
                        known.experiment_key = experiments.experiment_key
                        and known.exposure_timestamp >= experiments.effective_from
                        and known.exposure_timestamp < experiments.effective_to
                where experiments.experiment_key is null
            )
        {% endif %}

),

final as (

    select

        -- keys
        exposures.exposure_key,
        {{ date_key('exposures.exposure_timestamp') }} as exposure_date_key,
        coalesce(identities.customer_key, exposures.source_customer_key) as customer_key,
        experiments.experiment_key,
        {{ surrogate_key(['exposures.experiment_id', 'exposures.variant_id']) }} as variant_key,
        places.session_key,

        -- timestamps
        exposures.exposure_timestamp

    from exposures
    inner join experiments
        on
            exposures.experiment_id = experiments.experiment_id
            and exposures.exposure_timestamp >= experiments.effective_from
            and exposures.exposure_timestamp < experiments.effective_to
    left join {{ ref('silver_customer_identities') }} as identities
        on exposures.source_customer_key = identities.source_customer_key
    left join places on exposures.exposure_key = places.event_key
    where {{ var("include_bots") }} or not coalesce(places.is_bot or places.is_test, false)

)

select * from final
