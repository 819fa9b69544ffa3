"""A published file written by hand, for tests of the page about it."""
