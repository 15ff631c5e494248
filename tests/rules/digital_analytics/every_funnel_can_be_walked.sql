-- A funnel's steps are numbered from 1 without gaps, each has one name, all share one window, and
-- the conditions that hold together read one kind of event: else nobody could take the step.
select
    funnel_name,
    'steps have gaps, or the windows differ' as fault
from {{ ref('funnels') }}
group by funnel_name
having
    min(step_number) <> 1
    or max(step_number) <> count(distinct step_number)
    or count(distinct window_hours) > 1
union all
select
    funnel_name,
    'a step has two names' as fault
from {{ ref('funnels') }}
group by funnel_name, step_number
having count(distinct step_name) > 1
union all
select
    funnel_name,
    'one event cannot be of two kinds' as fault
from {{ ref('funnels') }}
group by funnel_name, step_number, alternative
having count(distinct split_part(event_property, '.', 1)) > 1
