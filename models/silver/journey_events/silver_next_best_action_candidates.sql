with

considered as (

    select * from {{ ref('int_next_best_actions__considered') }}
    where is_next_day

),

final as (

    select
        customer_key,
        moment_date as candidate_date,
        action,
        action_label,
        action_kind,
        channel,
        exclusion_reason is null as is_eligible,
        exclusion_reason,
        case
            when exclusion_reason is null
                then cast(row_number() over (
                    partition by customer_key, exclusion_reason is null
                    order by expected_value desc, action asc
                ) as integer)
        end as candidate_rank,
        probability,
        expected_acceptance_value,
        cost,
        expected_value,
        cast(own_tried as integer) as times_tried,
        cast(own_accepted as integer) as times_accepted,
        cast(contact_count as integer) as contacts_before,
        last_taken_timestamp
    from considered

)

select * from final
