-- A value of the golden record was told by its record at that time, and by no later version of it.
select
    lineage.lineage_key,
    records.valid_from_timestamp,
    records.valid_to_timestamp
from {{ ref('silver_golden_record_lineage') }} as lineage
inner join {{ ref('silver_customer_records') }} as records
    on lineage.record_key = records.record_key
where
    lineage.customer_key <> records.customer_key
    or lineage.valid_from_timestamp < records.valid_from_timestamp
    or coalesce(lineage.valid_to_timestamp, timestamp '9999-12-31 00:00:00')
    > coalesce(records.valid_to_timestamp, timestamp '9999-12-31 00:00:00')
