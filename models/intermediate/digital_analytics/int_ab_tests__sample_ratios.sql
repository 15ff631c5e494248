with

-- units per day and split: a test whose split was changed is compared with what was in force
assigned as (

    select
        experiment_id,
        configured_split,
        assigned_date,
        count(*) as units
    from {{ ref('int_ab_tests__units') }}
    group by experiment_id, configured_split, assigned_date

),

shares as (

    select
        assigned.experiment_id,
        assigned.assigned_date,
        variants.variant_id,
        assigned.units * coalesce(
            {{ configured_share('assigned.configured_split', 'variants.variant_name') }},
            {{ configured_share('assigned.configured_split', 'variants.variant_id') }},
            case when assigned.configured_split is not null then 0e0 end
        ) as expected_units,
        {{ configured_arms('assigned.configured_split') }} as arms
    from assigned
    inner join {{ ref('silver_ab_test_variants') }} as variants
        on assigned.experiment_id = variants.experiment_id

),

daily as (

    select
        counts.experiment_id,
        counts.variant_id,
        counts.summary_date,
        counts.units,
        -- decimals add up the same in any order, doubles only to their last bits
        cast(sum(cast(shares.expected_units as decimal(38, 12))) as double) as expected_units,
        bool_or(shares.expected_units is null) as is_unknown,
        max(shares.arms) as arms
    from {{ ref('int_ab_tests__daily_counts') }} as counts
    inner join shares
        on
            counts.experiment_id = shares.experiment_id
            and counts.variant_id = shares.variant_id
            and counts.summary_date >= shares.assigned_date
    group by counts.experiment_id, counts.variant_id, counts.summary_date, counts.units

),

-- an arm that nobody saw has no row: what it should have had is missing from the sum. A variant
-- that no split names cannot be expected, so one unit in it breaks the ratio for certain
summed as (

    select
        experiment_id,
        summary_date,
        bool_or(is_unknown) as is_unknown,
        bool_or(expected_units = 0 and units > 0) as has_unplanned_arm,
        cast(sum(cast(
            case
                when expected_units > 0
                    then (units - expected_units) * (units - expected_units) / expected_units
                else 0e0
            end as decimal(38, 12)
        )) as double)
        + greatest(
            sum(units) - cast(sum(cast(expected_units as decimal(38, 12))) as double), 0e0
        ) as chi_square,
        max(arms) - 1 as degrees
    from daily
    group by experiment_id, summary_date

),

final as (

    select
        experiment_id,
        summary_date,
        case when not is_unknown then chi_square end as chi_square,
        case
            when is_unknown then null
            when has_unplanned_arm then 0e0
            else {{ chi_square_tail('chi_square', 'degrees') }}
        end as ratio_p_value
    from summed

)

select * from final
