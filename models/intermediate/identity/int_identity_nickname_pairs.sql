with

nicknames as (select * from {{ ref('nicknames') }}),

shared as (

    select
        one.nickname,
        another.nickname as other_nickname
    from nicknames as one
    inner join nicknames as another on one.formal_name = another.formal_name

),

-- Bob and Robert, Robert and Bob, Bob and Rob; but not Rose and Anna, which may be short
-- for Rosanna and are names of their own
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
        nickname as first_name,
        other_nickname as other_first_name
    from shared
    where
        nickname not in (select nicknames.formal_name from nicknames)
        or other_nickname not in (select nicknames.formal_name from nicknames)

),

final as (

    select distinct
        first_name,
        other_first_name
    from pairs
    where first_name <> other_first_name

)

select * from final
