{{ config(materialized='table') }}

-- Chance draws people, not paths: who draws them again and again, to say how sure a chain is, needs
-- to know which paths come together, and how often. Nobody is named.
with

counted as (

    select
        conversion_type,
        person_key,
        distinct_path_key,
        count(*) as path_count,
        concat(cast(distinct_path_key as string), ' ', cast(count(*) as string)) as told
    from {{ ref('int_attribution__person_paths') }}
    group by conversion_type, person_key, distinct_path_key

),

people as (

    select
        conversion_type,
        person_key,
        {{ joined_in_order('told', ',', 'distinct_path_key') }} as history
    from counted
    group by conversion_type, person_key

),

kinds as (

    select
        conversion_type,
        history,
        min(person_key) as one_of_them,
        count(*) as person_count
    from people
    group by conversion_type, history

),

final as (

    select
        {{ surrogate_key(['kinds.conversion_type', 'kinds.history']) }} as history_key,
        kinds.conversion_type,
        counted.distinct_path_key,
        counted.path_count,
        kinds.person_count
    from kinds
    inner join counted
        on
            kinds.conversion_type = counted.conversion_type
            and kinds.one_of_them = counted.person_key

)

select * from final
