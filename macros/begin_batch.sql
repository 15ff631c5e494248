{# Before a run: number it. What a run derives carries the number (`derived_in_batch`), so that a model
   downstream finds what has changed since it ran last, whatever was killed or left out in between.
   quality.derivations remembers the last batch of each model, quality.left_units the units that
   rows moved away from (see replace_touched); what every model has seen is forgotten. #}
{% macro begin_batch() -%}
    {% if execute and flags.WHICH in ('run', 'build', 'retry') %}
        create schema if not exists quality;
        create table if not exists quality.derivations (
            model_name {{ dbt.type_string() }}, batch_number bigint
        );
        create table if not exists quality.left_units (
            table_name {{ dbt.type_string() }}, column_name {{ dbt.type_string() }},
            unit_key bigint, batch_number bigint
        );
        delete from quality.left_units where batch_number <= (
            select min(batch_number) from quality.derivations where model_name <> '(run)'
        );
        insert into quality.derivations
        select '(run)', coalesce(max(batch_number), 0) + 1 from quality.derivations
    {% else %}
        select 1 as nothing_is_derived
    {% endif %}
{%- endmacro %}
