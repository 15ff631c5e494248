"""What the warehouse costs: `cap bench`, which writes docs/benchmarks.md.

command → measure (the stages of a size) → process (a timed process), worker (what runs in one)
        → figures (ratios and aims) → page and chart.
"""
