-- what only DuckDB reads belongs into a dispatched macro
with found as (
    select
        name,
        regexp_extract(
            code,
            '(::|:=|\bas\s+varchar\s*\)|\bexclude\s*\(|\bcolumns\s*\(|\bstrftime\b|\bstrptime\b|\bepoch_us\b|\basof\b|\blist_\w+\()'
        ) as word
    from models
)

select name, word from found where word <> ''
