with

judged as (

    select
        recommendation_model,
        model_version,
        predicted_conversion_probability,
        is_accepted,
        -- of equal predictions the key decides, so that the tenths are the same in every build
        ntile(10) over (
            partition by recommendation_model, model_version
            order by predicted_conversion_probability, recommendation_key
        ) as predicted_decile
    from {{ ref('silver_next_best_actions') }}
    where predicted_conversion_probability is not null and is_accepted is not null

),

deciles as (

    select
        recommendation_model,
        model_version,
        predicted_decile,
        count(*) as judged_actions,
        count(case when is_accepted then 1 end) as accepted_actions,
        sum(predicted_conversion_probability) as predicted_acceptances,
        min(predicted_conversion_probability) as lowest_probability,
        max(predicted_conversion_probability) as highest_probability
    from judged
    group by recommendation_model, model_version, predicted_decile

),

final as (

    select
        {{ surrogate_key(['recommendation_model', 'model_version', 'predicted_decile']) }}
            as calibration_key,
        recommendation_model,
        model_version,
        cast(predicted_decile as integer) as predicted_decile,
        cast(judged_actions as bigint) as judged_actions,
        cast(accepted_actions as bigint) as accepted_actions,
        cast(predicted_acceptances as decimal(38, 4)) as predicted_acceptances,
        lowest_probability,
        highest_probability,
        cast(predicted_acceptances as double) / judged_actions as predicted_rate,
        cast(accepted_actions as double) / judged_actions as observed_rate,
        cast(accepted_actions as double) / judged_actions
        - cast(predicted_acceptances as double) / judged_actions as calibration_gap
    from deciles

)

select * from final
