{# The number of this run, for the audit column derived_in_batch; 0 where nothing is run. #}
{% macro batch_number() -%}
    cast({{ last_batch_of('(run)') }} as bigint)
{%- endmacro %}

{# The last batch that a model has taken in, as a literal, so that the scan for what is newer can
   leave out what is older; -1 for a model that never ran. #}
{% macro last_batch_of(model_name) -%}
    {%- if execute and flags.WHICH in ('run', 'build', 'retry') -%}
        {%- set sql = "select coalesce(max(batch_number), -1) from quality.derivations where model_name = '" ~ model_name ~ "'" -%}
        {{- run_query(sql).columns[0].values()[0] -}}
    {%- else -%}
        0
    {%- endif -%}
{%- endmacro %}

{# After a model: it has taken in all there was when it ran. In the model's transaction. #}
{% macro record_derivation() -%}
    {%- if is_derived_incrementally(config.get('materialized')) -%}
        delete from quality.derivations where model_name = '{{ model.name }}';
        insert into quality.derivations values ('{{ model.name }}', {{ batch_number() }})
    {%- endif -%}
{%- endmacro %}
