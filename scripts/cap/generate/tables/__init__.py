"""The 27 bronze tables. One function per table, named as the table; each returns one chunk's columns and the
times at which its rows are complete (microseconds; ingestion follows).

customer 360: `identity`, `preferences`, `service`, `lifecycle`, `value`. What lies before the run arrives on
its first morning, as an initial load does. customer_id is the CRM's customer id, except where a table names
the source system.

journeys and events: `journeys`, `touchpoints`, `decisions`, `events`. customer_id is the CRM's customer id,
null for strangers.

digital: `pageviews`, `app_events`, `usage`, `forms`, `conversions`, `experiments`, `performance`. All rows
have source_system 'web', the system of the login, also in the app, so that (source_system, customer_id) is a
record of customer_master. Ids of persons are null until the login.

`common` has what several of them share.
"""

from collections.abc import Callable

from cap.generate.chunk import Chunk
from cap.generate.tables.app_events import mobile_app_events
from cap.generate.tables.common import Table
from cap.generate.tables.conversions import conversion_events
from cap.generate.tables.decisions import next_best_actions, real_time_decisions
from cap.generate.tables.events import customer_events
from cap.generate.tables.experiments import ab_test_exposures, ab_test_results
from cap.generate.tables.forms import form_interactions
from cap.generate.tables.identity import customer_identifiers, customer_master, customer_relationships
from cap.generate.tables.journeys import customer_journeys, journey_analytics_events, journey_definitions
from cap.generate.tables.lifecycle import customer_lifecycle_events, customer_segments
from cap.generate.tables.pageviews import web_pageviews
from cap.generate.tables.performance import performance_metrics
from cap.generate.tables.preferences import customer_preferences
from cap.generate.tables.service import customer_complaints, customer_interactions
from cap.generate.tables.touchpoints import touchpoints
from cap.generate.tables.usage import feature_usage, search_queries, user_interactions
from cap.generate.tables.value import customer_products, customer_value_metrics

TABLES: dict[str, Callable[[Chunk], Table]] = {
    maker.__name__: maker
    for maker in (
        customer_master,
        customer_identifiers,
        customer_relationships,
        customer_preferences,
        customer_interactions,
        customer_complaints,
        customer_lifecycle_events,
        customer_segments,
        customer_value_metrics,
        customer_products,
        journey_definitions,
        customer_journeys,
        journey_analytics_events,
        touchpoints,
        next_best_actions,
        real_time_decisions,
        customer_events,
        web_pageviews,
        mobile_app_events,
        user_interactions,
        search_queries,
        feature_usage,
        form_interactions,
        conversion_events,
        ab_test_exposures,
        ab_test_results,
        performance_metrics,
    )
}
