with

recommendations as (

    select
        recommendations.*,
        coalesce(recommendations.arm, '(unknown)') as arm_name,
        contacts.customer_key,
        contacts.contacts_before,
        case
            when recommendations.is_accepted
                then 1 - recommendations.predicted_conversion_probability
            when not recommendations.is_accepted
                then recommendations.predicted_conversion_probability
        end as missed_by
    from {{ ref('silver_next_best_actions') }} as recommendations
    left join {{ ref('silver_next_best_action_contacts') }} as contacts
        on recommendations.recommendation_key = contacts.recommendation_key

),

catalogue as (select count(*) as actions from {{ ref('recommended_actions') }}),

-- everybody for whom candidates are ranked
everybody as (

    select count(distinct customer_key) as customers
    from {{ ref('silver_next_best_action_candidates') }}

),

action_counts as (

    select
        recommendation_model,
        model_version,
        arm_name,
        recommended_action,
        count(*) as recommendations
    from recommendations
    where recommended_action is not null
    group by recommendation_model, model_version, arm_name, recommended_action

),

variety as (

    select
        recommendation_model,
        model_version,
        arm_name,
        count(*) as actions,
        sum(recommendations) as recommendations,
        sum(recommendations * (recommendations - 1)) as same_pairs
    from action_counts
    group by recommendation_model, model_version, arm_name

),

measured as (

    select
        recommendation_model,
        model_version,
        arm_name,
        count(*) as recommendations,
        count(distinct customer_key) as customers,
        count(contacts_before) as named,
        coalesce(sum(contacts_before), 0) as contacts,
        count(is_accepted) as judged,
        count(case when is_accepted then 1 end) as accepted,
        coalesce(sum(case when is_accepted then actual_value end), 0) as accepted_value,
        count(missed_by) as predicted,
        sum(missed_by * missed_by) as squared_error
    from recommendations
    group by recommendation_model, model_version, arm_name

),

final as (

    select
        {{ surrogate_key([
            'measured.recommendation_model', 'measured.model_version', 'measured.arm_name'
        ]) }} as recommender_key,
        measured.recommendation_model,
        measured.model_version,
        measured.arm_name as arm,
        cast(measured.recommendations as bigint) as recommendation_count,
        cast(measured.customers as bigint) as customers,
        case
            when everybody.customers > 0
                then cast(measured.customers as double) / everybody.customers
        end as customer_coverage,
        cast(coalesce(variety.actions, 0) as integer) as actions,
        case
            when catalogue.actions > 0
                then cast(coalesce(variety.actions, 0) as double) / catalogue.actions
        end as action_coverage,
        case
            when variety.recommendations > 1
                then
                    1e0 - cast(variety.same_pairs as double)
                    / (variety.recommendations * (variety.recommendations - 1))
        end as diversity,
        case when measured.named > 0 then cast(measured.contacts as double) / measured.named end
            as contact_pressure,
        cast(measured.judged as bigint) as judged_actions,
        cast(measured.accepted as bigint) as accepted_actions,
        case when measured.judged > 0 then cast(measured.accepted as double) / measured.judged end
            as acceptance_rate,
        cast(measured.accepted_value as decimal(38, 2)) as accepted_value,
        case
            when measured.predicted > 0
                then cast(measured.squared_error as double) / measured.predicted
        end as brier_score
    from measured
    left join variety
        on
            measured.recommendation_model is not distinct from variety.recommendation_model
            and measured.model_version is not distinct from variety.model_version
            and measured.arm_name = variety.arm_name
    cross join catalogue
    cross join everybody

)

select * from final
