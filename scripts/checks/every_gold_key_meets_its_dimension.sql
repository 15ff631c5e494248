-- a foreign key in a fact is tested against its dimension; visitor_key has none (a visitor has no attributes)
select relation, columns.name
from columns
inner join models on columns.unique_id = models.unique_id
where
    starts_with(relation, 'fact_')
    and columns.name like '%\_key' escape '\'
    and columns.name <> 'visitor_key'
    and not exists (
        from tests
        where
            tests.model_unique_id = columns.unique_id
            and tests.column_name = columns.name
            and tests.test_name in ('relationships', 'unique')
    )
