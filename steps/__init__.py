"""What can be said in a feature: one module a noun of the domain."""
