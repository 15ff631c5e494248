with

last_day as (

    select max(date_day) as last_date from {{ ref('dim_date') }}

),

summaries as (

    select
        variants.experiment_id,
        variants.variant_id,
        daily.is_winner,
        daily.summary_date,
        max(daily.summary_date) over (partition by variants.experiment_id) as last_summary_date
    from {{ ref('silver_ab_test_summary') }} as daily
    inner join {{ ref('silver_ab_test_variants') }} as variants
        on daily.variant_key = variants.variant_key

),

winners as (

    select
        experiment_id,
        min(variant_id) as winner_variant
    from summaries
    where is_winner and summary_date = last_summary_date
    group by experiment_id

),

dated as (

    select
        experiments.*,
        winners.winner_variant,
        {{ dbt.datediff('experiments.last_exposure_date', 'last_day.last_date', 'day') }}
        > {{ var("experiment_idle_days") }} as has_ended
    from {{ ref('silver_experiments') }} as experiments
    cross join last_day
    left join winners on experiments.experiment_id = winners.experiment_id

),

final as (

    select
        experiment_key,
        experiment_id,
        experiment_name,
        case
            when {{ text_matches('lower(experiment_name)', "'" ~ var("aa_test_pattern") ~ "'") }}
                then 'a/a'
            when variant_count > 2 then 'a/b/n'
            else 'a/b'
        end as experiment_type,
        experiment_category,
        hypothesis,
        first_exposure_date as start_date,
        case when has_ended then last_exposure_date end as end_date,
        case when has_ended then 'ended' else 'running' end as status,
        winner_variant,
        effective_from,
        effective_to,
        is_current
    from dated

)

select * from final
