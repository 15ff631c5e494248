with

-- what is measured today stands on today's version, and is told of all of them
versions as (

    select
        *,
        max(lifecycle_stage) over customer as current_lifecycle_stage,
        max(current_segment) over customer as current_segment_name,
        max(segment_tier) over customer as current_segment_tier,
        max(churn_risk_band) over customer as current_churn_risk_band,
        max(household_key) over customer as current_household_key,
        max(household_role) over customer as current_household_role
    from {{ ref('silver_customer_golden_record') }}
    window customer as (partition by customer_key)

),

final as (

    select

        -- keys
        customer_version_key,
        customer_key,
        golden_customer_id as golden_id,
        coalesce(current_household_key, -1) as household_key,

        -- validity
        effective_from,
        effective_to,
        is_current,
        cast(effective_from as date) as valid_from_date,
        cast(effective_to as date) as valid_to_date,

        -- of the version
        customer_type,
        customer_status,
        country,
        state,
        age_group,
        generation,
        gender,
        income_bracket,
        employment_status,
        marital_status,
        education_level,
        language_preference,
        risk_rating,
        kyc_status,
        coalesce(vip_flag, false) as is_vip,
        coalesce(deceased_flag, false) as is_deceased,
        coalesce(email_verified, false) as is_email_verified,
        coalesce(phone_primary_verified, false) or coalesce(phone_mobile_verified, false)
            as is_phone_verified,
        coalesce(address_verified, false) as is_address_verified,
        profile_completeness,
        customer_since_date,

        -- of today
        current_lifecycle_stage,
        current_segment_name as current_segment,
        current_segment_tier,
        current_churn_risk_band,
        current_household_role,
        latest_source_system as source_system,
        source_system_count,
        source_customer_count,
        is_inferred
    from versions

)

select * from final
