"""Telling people what broke, what is still broken and what is well again, once each."""
