-- half-open intervals without gap, one of them current
with

versions as (

    select
        journey_definition_key,
        effective_from,
        effective_to,
        is_current,
        lead(effective_from) over (partition by journey_id order by effective_from)
            as next_effective_from
    from {{ ref('dim_journey_definition') }}

)

select journey_definition_key from versions
where
    effective_from >= effective_to
    or effective_to <> coalesce(next_effective_from, timestamp '9999-12-31 00:00:00')
    or is_current <> (next_effective_from is null)
