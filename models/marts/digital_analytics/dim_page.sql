{% set events = [
    'silver_conversions', 'silver_user_interactions', 'silver_searches',
    'silver_form_interactions', 'silver_page_performance',
] %}

with

-- what page views say of pages, each thing said once
said as (

    select
        page_key,
        page_title,
        page_category,
        page_type,
        min(page_host) as page_host,
        min(page_path) as page_path,
        max(pageview_timestamp) as last_said_at
    from {{ ref('silver_web_pageviews') }}
    where page_key <> -1
    group by page_key, page_title, page_category, page_type

),

-- what the last titled page view says counts
viewed_pages as (

    select
        page_key,
        page_host,
        page_path,
        page_title,
        page_category,
        page_type
    from said
    qualify row_number() over (
        partition by page_key
        order by
            case when page_title is null then 1 else 0 end asc,
            case when page_type is null then 1 else 0 end asc,
            last_said_at desc,
            page_title asc,
            page_category asc,
            page_type asc
    ) = 1

),

event_urls as (

    {% for event in events %}
        select
            page_key,
            min(page_url) as page_url
        from {{ ref(event) }}
        where page_key <> -1
        group by page_key
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

-- pages that no page view knows: only their address is known
event_pages as (

    select
        page_key,
        min({{ page_host_of_url('page_url') }}) as page_host,
        min({{ page_path_of_url('page_url') }}) as page_path,
        cast(null as string) as page_title,
        cast(null as string) as page_category,
        cast(null as string) as page_type
    from event_urls
    group by page_key

),

pages as (

    select * from viewed_pages
    union all
    select event_pages.*
    from event_pages
    left join viewed_pages on event_pages.page_key = viewed_pages.page_key
    where viewed_pages.page_key is null

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
            lower(page_type) in ('checkout', 'cart', 'basket')
            or {{ text_matches('lower(page_path)', "'/(checkout|cart|basket|apply)'") }}, false
        ) as is_checkout_page,
        coalesce(
            lower(page_type) in ('cart', 'basket')
            or {{ text_matches('lower(page_path)', "'/(cart|basket)|/apply/(.*/)?start'") }}, false
        ) as is_cart_page,
        coalesce(
            lower(page_type) in ('article', 'blog', 'guide', 'news')
            or {{ text_matches('lower(page_path)', "'/(articles?|blog|guides?|learn|news)/'") }},
            false
        ) as is_content_page,
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
        false as is_cart_page,
        false as is_content_page,
        false as is_thank_you_page

)

select * from final
