-- Thousandths of the source customers known before the last run whose golden id it changed. Many at
-- once are rather new weights, or a source that went wrong, than news of people.
{{ config(
    group='identity',
    fail_calc='coalesce(max(changed_per_mille), 0)',
    warn_if='> ' ~ var('identity_changed_per_mille_warn'),
    error_if='> ' ~ var('identity_changed_per_mille_error'),
) }}
with

last_run as (

    select max(batch_number) as batch_number
    from quality.derivations
    where model_name = '(run)'

),

changes as (

    select
        count(
            distinct case
                when log.derived_in_batch < last_run.batch_number then log.source_customer_key
            end
        ) as known_before,
        count(
            case
                when
                    log.derived_in_batch = last_run.batch_number
                    and log.change_type in ('merged', 'split', 'restored')
                    then 1
            end
        ) as changed
    from {{ ref('int_golden_ids__assigned') }} as log
    cross join last_run

)

select
    changed,
    known_before,
    cast(ceil(1000 * changed / known_before) as integer) as changed_per_mille
from changes
-- a few that change say nothing in a small warehouse
where changed >= 50 and known_before > 0
