with

exposures as (

    select * from {{ ref('silver_ab_test_exposures') }}
    where
        counts_in_test
        and ({{ var("include_bots") }} or not (is_bot or is_test))

),

final as (

    select

        -- keys
        exposures.exposure_key,
        {{ date_key('exposures.exposure_timestamp') }} as exposure_date_key,
        exposures.customer_key,
        experiments.experiment_key,
        {{ surrogate_key(['exposures.experiment_id', 'exposures.variant_id']) }} as variant_key,
        exposures.session_key,

        -- timestamps
        exposures.exposure_timestamp

    from exposures
    inner join {{ ref('silver_experiments') }} as experiments
        on
            exposures.experiment_id = experiments.experiment_id
            and exposures.exposure_timestamp >= experiments.effective_from
            and exposures.exposure_timestamp < experiments.effective_to

)

select * from final
