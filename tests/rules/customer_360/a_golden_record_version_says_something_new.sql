-- Two versions that follow one another differ; of the same customer only one is current.
with

versions as (

    select
        customer_key,
        effective_from,
        is_current,
        record_hash,
        lag(record_hash) over (partition by customer_key order by effective_from) as hash_before,
        count(case when is_current then 1 end) over (partition by customer_key) as current_count
    from {{ ref('silver_customer_golden_record') }}

)

select * from versions
where record_hash = hash_before or current_count <> 1
