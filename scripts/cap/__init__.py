"""The Python part of customer_analytics: sample data, loading bronze, and what SQL is wrong for."""
