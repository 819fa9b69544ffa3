"""What goes wrong between a vendor and its customers, on demand: limits, failures, broken and stale answers."""
