"""The state of the business as one HTML file: figures from metrics and gold, each with its query beside it.

`build(reader)` asks the warehouse and gives a `Report`, `page.render(report)` draws it. Both stand in modules
that import MetricFlow and Altair, and are imported when they are asked for.
"""
