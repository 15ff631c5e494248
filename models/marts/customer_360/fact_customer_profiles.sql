with

profiles as (

    select * from {{ ref('silver_customer_golden_record') }}
    where is_current and not is_inferred

),

final as (

    select

        -- keys
        profiles.customer_key,
        {{ date_key('profiles.as_of_date') }} as profile_date_key,
        profiles.as_of_date as profile_date,

        -- attributes
        case
            when profiles.profile_completeness >= 80 then 'complete'
            when profiles.profile_completeness >= 50 then 'usable'
            else 'thin'
        end as completeness_band,
        case
            when profiles.data_quality_score >= 80 then 'good'
            when profiles.data_quality_score >= 60 then 'fair'
            else 'poor'
        end as quality_band,
        coalesce(profiles.kyc_status, '(unknown)') as kyc_status,
        profiles.email_primary is not null as has_email,
        coalesce(profiles.phone_primary, profiles.phone_mobile) is not null as has_phone,
        profiles.address_line1 is not null as has_address,
        coalesce(profiles.email_verified, false) as is_email_verified,
        coalesce(profiles.phone_primary_verified, false)
        or coalesce(profiles.phone_mobile_verified, false) as is_phone_verified,
        coalesce(profiles.address_verified, false) as is_address_verified,
        coalesce(profiles.kyc_status, '') in ('verified', 'passed', 'approved', 'compliant')
            as is_kyc_compliant,
        coalesce(profiles.has_any_consent, false) as has_any_consent,
        coalesce(profiles.marketing_consent, false) as has_marketing_consent,

        -- measures
        profiles.profile_completeness,
        profiles.data_quality_score,
        profiles.told_value_count,
        profiles.agreeing_value_count,
        profiles.attribute_count,
        profiles.missing_attribute_count,
        profiles.issue_count,
        profiles.days_since_last_record

    from profiles

)

select * from final
