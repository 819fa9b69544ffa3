"""The part of the Stripe REST API that reads: lists, single objects, nested lists, expansion, errors."""
