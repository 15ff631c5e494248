-- Whoever is in the publishing list agrees to marketing in that channel at the end of the build
-- date: the decision that holds there is a grant, and marketing as such was not refused since.
with

held as (

    select
        consents.*,
        {{ dbt.dateadd('day', 1, 'cast(build_dates.as_of as timestamp)') }} as published_at
    from {{ ref('silver_consent_history') }} as consents
    cross join {{ ref('int_core__build_dates') }} as build_dates
    where consents.purpose = 'marketing'

),

newest as (

    select * from held
    where valid_from_timestamp < published_at and decided_timestamp < published_at
    qualify row_number() over (
        partition by customer_key, channel order by valid_from_timestamp desc
    ) = 1

)

select
    published.publishing_key,
    published.customer_key,
    published.channel
from {{ ref('silver_segment_publishing_list') }} as published
left join newest
    on published.customer_key = newest.customer_key and published.channel = newest.channel
left join newest as every_channel
    on published.customer_key = every_channel.customer_key and every_channel.channel = 'all'
where
    newest.is_granted is not true
    or newest.valid_to_timestamp <= newest.published_at
    or (
        every_channel.is_granted is false
        and every_channel.valid_from_timestamp >= newest.valid_from_timestamp
    )
