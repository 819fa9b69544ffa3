"""Erasure of a person: what is personal, in what is stored, in what comes in again."""
