-- Staff and customers name a product by its id or by its name, as it comes.
with

words as (

    select
        lower(product_id) as product_word,
        product_key,
        1 as word_order
    from {{ ref('silver_products') }}
    union all
    select
        lower(product_name) as product_word,
        product_key,
        2 as word_order
    from {{ ref('silver_products') }}
    where product_name is not null

),

final as (

    select
        product_word,
        product_key
    from words
    qualify row_number() over (
        partition by product_word order by word_order asc, product_key asc
    ) = 1

)

select * from final
