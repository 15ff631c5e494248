with found as (
    select
        name,
        regexp_extract(code, '(?i)\b(now\(\)|current_date|current_timestamp|get_current_timestamp|today\(\))') as word
    from models
)

select name, word from found where word <> ''
