with

kinds as (select * from {{ ref('customer_segments') }}),

-- another version of the model that assigns a segment is another version of the segment
versions as (

    select
        segment_type as segment_scheme,
        segment_id,
        model_version,
        max(segment_name) as segment_name,
        max(segmentation_model) as segmentation_model,
        min(holds_from_timestamp) as first_assigned_at
    from {{ ref('silver_customer_segment_assignments') }}
    where segment_id is not null
    group by segment_type, segment_id, model_version
    qualify row_number() over (
        partition by segment_type, segment_id, min(holds_from_timestamp)
        order by model_version desc nulls last
    ) = 1

),

assigned as (

    select
        *,
        {{ stage_code('segment_name') }} as segment_code,
        first_assigned_at as effective_from,
        lead(first_assigned_at) over (
            partition by segment_scheme, segment_id order by first_assigned_at
        ) as effective_to
    from versions

),

-- our own have one version: their rules are code and vars
own as (

    select
        segment_scheme,
        segment_code as segment_id,
        'rules' as segmentation_model,
        segment_code,
        timestamp '{{ var("earliest_event_date") }} 00:00:00' as effective_from,
        null as effective_to
    from kinds
    where segment_scheme <> 'assigned'

),

every_version as (

    select
        segment_scheme,
        segment_id,
        segment_name,
        segmentation_model,
        model_version,
        segment_code,
        effective_from,
        effective_to
    from assigned
    union all
    select
        segment_scheme,
        segment_id,
        null as segment_name,
        segmentation_model,
        null as model_version,
        segment_code,
        effective_from,
        effective_to
    from own

),

final as (

    select
        {{ surrogate_key([
            'every_version.segment_scheme', 'every_version.segment_id',
            'every_version.effective_from',
        ]) }} as segment_key,
        every_version.segment_scheme,
        every_version.segment_id,
        every_version.segment_code,
        coalesce(every_version.segment_name, kinds.segment_name, every_version.segment_id)
            as segment_name,
        every_version.segmentation_model,
        every_version.model_version,
        kinds.segment_tier,
        coalesce(kinds.is_high_value, false) as is_high_value,
        coalesce(kinds.is_growth, false) as is_growth,
        kinds.churn_risk_level,
        kinds.marketing_priority,
        kinds.recommended_products,
        coalesce(kinds.criteria, 'Assigned by a source system') as criteria,
        every_version.effective_from,
        every_version.effective_to,
        every_version.effective_to is null as is_current
    from every_version
    left join kinds on every_version.segment_code = kinds.segment_code

)

select * from final
