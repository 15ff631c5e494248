select relation, columns.name, pii
from columns
inner join models on columns.unique_id = models.unique_id
where split_part(models.path, '/', 2) = 'marts' and columns.pii <> ''
