with

recommendations as (

    select
        recommendation_model,
        model_version,
        coalesce(arm, '(unknown)') as arm,
        recommendation_rank,
        is_accepted
    from {{ ref('silver_next_best_actions') }}
    where recommendation_rank between 1 and 10

),

cut_offs as (

    select distinct recommendation_rank as rank_cut_off from recommendations

),

placed as (

    select
        recommendations.*,
        cut_offs.rank_cut_off,
        recommendations.recommendation_rank <= cut_offs.rank_cut_off as is_within
    from recommendations
    cross join cut_offs

),

counted as (

    select
        recommendation_model,
        model_version,
        arm,
        rank_cut_off,
        count(case when is_within then 1 end) as recommended,
        count(case when is_within then is_accepted end) as judged,
        count(case when is_within and is_accepted then 1 end)
            as accepted,
        count(case when is_accepted then 1 end) as accepted_at_any_rank
    from placed
    group by recommendation_model, model_version, arm, rank_cut_off

),

final as (

    select
        {{ surrogate_key(['recommendation_model', 'model_version', 'arm', 'rank_cut_off']) }}
            as rank_key,
        recommendation_model,
        model_version,
        arm,
        cast(rank_cut_off as integer) as rank_cut_off,
        cast(recommended as bigint) as recommended_actions,
        cast(judged as bigint) as judged_actions,
        cast(accepted as bigint) as accepted_actions,
        cast(accepted_at_any_rank as bigint) as accepted_at_any_rank,
        case when judged > 0 then cast(accepted as double) / judged end as precision_at_rank,
        case when accepted_at_any_rank > 0 then cast(accepted as double) / accepted_at_any_rank end
            as recall_at_rank
    from counted

)

select * from final
