"""Who leaves: fit the score that silver_customer_churn_scores gives in SQL."""
