with

nicknames as (select * from {{ ref('nicknames') }}),

-- Bob and Robert, Robert and Bob, Bob and Rob; but not Rose and Anna, names of their own, for Rosanna
pairs as (

    select
        nickname as first_name,
        formal_name as other_first_name
    from nicknames
    union all
    select
        formal_name as first_name,
        nickname as other_first_name
    from nicknames
    union all
    select
        nicknames.nickname as first_name,
        siblings.nickname as other_first_name
    from nicknames
    inner join nicknames as siblings on nicknames.formal_name = siblings.formal_name
    where
        nicknames.nickname not in (select formal_name from {{ ref('nicknames') }})
        or siblings.nickname not in (select formal_name from {{ ref('nicknames') }})

),

final as (

    select distinct
        first_name,
        other_first_name
    from pairs
    where first_name <> other_first_name

)

select * from final
