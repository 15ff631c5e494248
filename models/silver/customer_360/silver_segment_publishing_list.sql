with

snapshots as (

    select * from {{ ref('silver_customer_segment_snapshots') }}
    where is_current

),

consents as (

    select *
    from {{ ref('silver_consent_history') }}
    where purpose = 'marketing'

),

days as (

    select distinct
        as_of_date,
        {{ dbt.dateadd('day', 1, 'cast(as_of_date as timestamp)') }} as published_at
    from snapshots

),

-- what holds at the end of the build date, and so on the next day
held as (

    select
        consents.*,
        days.published_at
    from consents
    inner join days
        on
            consents.valid_from_timestamp < days.published_at
            and consents.decided_timestamp < days.published_at
            and (
                consents.valid_to_timestamp > days.published_at
                or consents.valid_to_timestamp is null
            )

),

-- a no to marketing as such that came after a yes to a channel takes it back
granted as (

    select channels.*
    from held as channels
    left join held as every_channel
        on
            channels.customer_key = every_channel.customer_key
            and every_channel.channel = 'all'
            and not every_channel.is_granted
            and channels.valid_from_timestamp <= every_channel.valid_from_timestamp
    where
        channels.channel <> 'all'
        and channels.is_granted
        and every_channel.customer_key is null

),

befores as (

    select
        customer_key,
        as_of_date,
        segment_scheme,
        segment_id
    from {{ ref('silver_customer_segment_snapshots') }}

),

final as (

    select
        {{ surrogate_key(['snapshots.segment_snapshot_key', 'granted.channel']) }}
            as publishing_key,
        snapshots.segment_snapshot_key,
        snapshots.customer_key,
        snapshots.as_of_date,
        snapshots.segment_scheme,
        snapshots.segment_key,
        snapshots.segment_id,
        snapshots.segment_name,
        snapshots.segment_tier,
        befores.segment_id as previous_segment_id,
        coalesce(befores.segment_id <> snapshots.segment_id, true) as is_new,
        granted.channel,
        granted.preference_key,
        granted.consent_timestamp,
        granted.valid_to_timestamp as consent_valid_to_timestamp
    from snapshots
    inner join granted on snapshots.customer_key = granted.customer_key
    left join befores
        on
            snapshots.customer_key = befores.customer_key
            and snapshots.previous_date = befores.as_of_date
            and snapshots.segment_scheme = befores.segment_scheme

)

select * from final
