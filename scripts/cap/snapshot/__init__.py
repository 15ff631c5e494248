"""The daily snapshot of customers: how long it takes."""
