"""Closing months of an account to which things happen: shared by the tests of closing."""
