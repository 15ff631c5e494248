{{ config(
    materialized='incremental',
    incremental_strategy='replace_touched',
    unique_key=['complaint_key'],
    meta={'units': ['complaint_key', 'source_customer_key']},
) }}

with

complaints as (

    {{ latest_delivery(
        ref('stg_customer_360__customer_complaints'),
        'complaint_id',
        [
            'complaint_timestamp', 'customer_id', 'status', 'resolution_timestamp', 'severity',
            'satisfaction_rating', 'compensation_amount',
        ],
    ) }}

),

statuses as (select * from {{ ref('complaint_statuses') }}),

channels as (select * from {{ ref('touchpoint_channels') }}),

told as (

    select
        complaints.*,
        coalesce(channels.channel_name, 'Unassigned') as channel_name,
        coalesce(statuses.is_resolved, complaints.resolution_timestamp is not null) as is_resolved,
        coalesce(statuses.is_open, complaints.resolution_timestamp is null) as is_open,
        {{ json_number('complaint_attributes', 'sla_hours') }} as target_hours,
        coalesce(
            cast(
                {{ seconds_between('complaint_timestamp', 'resolution_timestamp') }} / 3600
                as decimal(10, 2)
            ),
            complaints.resolution_time_hours
        ) as hours_to_resolution
    from complaints
    left join statuses on lower(complaints.status) = statuses.complaint_status
    left join channels on lower(complaints.channel) = channels.channel_code

),

final as (

    select

        -- keys
        {{ surrogate_key(['complaint_id']) }} as complaint_key,
        case
            when customer_id is not null
                then {{ surrogate_key([
                    "'" ~ var('default_source_system') ~ "'", 'customer_id'
                ]) }}
        end as source_customer_key,
        case
            when account_involved is not null
                then {{ surrogate_key([
                    "'" ~ var('default_source_system') ~ "'", 'account_involved'
                ]) }}
        end as account_key,
        {{ surrogate_key(['channel_name']) }} as channel_key,

        -- ids
        complaint_id,
        '{{ var("default_source_system") }}' as source_system,
        customer_id,

        -- what it is about
        lower(complaint_type) as complaint_type,
        lower(complaint_category) as complaint_category,
        lower(complaint_subcategory) as complaint_subcategory,
        lower(channel) as channel_code,
        product_involved,
        lower(severity) as severity,
        lower(priority) as priority,
        lower(status) as complaint_status,
        lower(root_cause) as root_cause,
        description,
        resolution,

        -- what came of it
        is_open,
        is_resolved,
        escalated_flag as is_escalated,
        regulatory_flag as is_regulatory,
        try_cast({{ json_text('complaint_attributes', 'reopened') }} as boolean) as is_reopened,
        case when is_resolved then hours_to_resolution <= target_hours end as is_within_target,
        {{ within('satisfaction_rating', 1, var('satisfaction_scale')) }} as satisfaction_rating,

        -- measures
        case when is_resolved then hours_to_resolution end as resolution_hours,
        cast(target_hours as decimal(10, 2)) as target_hours,
        compensation_amount,

        -- timestamps
        complaint_timestamp,
        cast(complaint_timestamp as date) as complaint_date,
        resolution_timestamp,
        ingestion_timestamp,
        {{ batch_number() }} as derived_in_batch

    from told

)

select * from final
