with

snapshots as (select * from {{ ref('silver_customer_segment_snapshots') }}),

steps as (

    select distinct
        previous_date,
        as_of_date
    from snapshots
    where previous_date is not null

),

-- who was a customer that day, whatever the segmentation
customers as (

    select distinct
        customer_key,
        as_of_date
    from snapshots

),

befores as (

    select
        snapshots.*,
        steps.as_of_date as next_date
    from snapshots
    inner join steps on snapshots.as_of_date = steps.previous_date

),

afters as (

    select * from snapshots
    where previous_date is not null

),

-- a customer's way from one day to the next
moves as (

    select
        coalesce(afters.as_of_date, befores.next_date) as migration_date,
        coalesce(afters.previous_date, befores.as_of_date) as previous_date,
        coalesce(afters.segment_scheme, befores.segment_scheme) as segment_scheme,
        coalesce(afters.is_main_scheme, befores.is_main_scheme) as is_main_scheme,
        coalesce(befores.segment_key, -1) as from_segment_key,
        coalesce(afters.segment_key, -1) as to_segment_key,
        coalesce(befores.segment_name, '(none)') as from_segment_name,
        coalesce(afters.segment_name, '(none)') as to_segment_name,
        case
            when befores.segment_id is null then 'entered'
            when afters.segment_id is null then 'left'
            when befores.segment_id = afters.segment_id then 'stayed'
            else 'moved'
        end as migration_kind,
        customers.customer_key is not null as is_retained
    from afters
    full outer join befores
        on
            afters.customer_key = befores.customer_key
            and afters.segment_scheme = befores.segment_scheme
            and afters.as_of_date = befores.next_date
    left join customers
        on
            befores.customer_key = customers.customer_key
            and befores.next_date = customers.as_of_date

),

final as (

    select
        {{ surrogate_key([
            'migration_date', 'segment_scheme', 'from_segment_key', 'to_segment_key'
        ]) }} as migration_key,
        {{ date_key('migration_date') }} as migration_date_key,
        from_segment_key,
        to_segment_key,
        migration_date,
        previous_date,
        segment_scheme,
        is_main_scheme,
        from_segment_name,
        to_segment_name,
        migration_kind,
        cast({{ dbt.datediff('previous_date', 'migration_date', 'day') }} as integer) as step_days,
        count(*) as customers,
        count(case when is_retained then 1 end) as retained_customers
    from moves
    group by
        migration_date, previous_date, segment_scheme, is_main_scheme, from_segment_key,
        to_segment_key, from_segment_name, to_segment_name, migration_kind

)

select * from final
