with

pageviews as (

    select * from {{ ref('silver_web_pageviews') }}
    where page_key <> -1

),

-- what the last titled page view says of the page
pages as (

    select *
    from pageviews
    qualify row_number() over (
        partition by page_key
        order by
            case when page_title is null then 1 else 0 end asc,
            case when page_type is null then 1 else 0 end asc,
            pageview_timestamp desc,
            pageview_id asc
    ) = 1

),

final as (

    select
        page_key,
        coalesce(page_host, '') || coalesce(page_path, '') as page_url,
        page_path,
        page_title,
        page_category,
        page_type,
        coalesce(nullif(regexp_extract(page_path, '^/([^/]+)', 1), ''), '(root)') as page_section,
        coalesce(lower(page_type) in ('home', 'homepage') or page_path = '/', false)
            as is_homepage,
        coalesce(
            lower(page_type) = 'product'
            or {{ text_matches('lower(page_path)', "'/(products?|items?|p)/'") }}, false
        ) as is_product_page,
        coalesce(
            lower(page_type) = 'checkout'
            or {{ text_matches('lower(page_path)', "'/(checkout|cart|basket)'") }}, false
        ) as is_checkout_page,
        coalesce(
            lower(page_type) in ('thank_you', 'confirmation')
            or {{ text_matches('lower(page_path)', "'(thank-?you|order-confirm)'") }}, false
        ) as is_thank_you_page
    from pages
    union all
    select
        -1 as page_key,
        '(unknown)' as page_url,
        null as page_path,
        null as page_title,
        null as page_category,
        null as page_type,
        '(unknown)' as page_section,
        false as is_homepage,
        false as is_product_page,
        false as is_checkout_page,
        false as is_thank_you_page

)

select * from final
