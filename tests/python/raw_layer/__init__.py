"""The raw layer as a whole against a living account: shared by the tests of kills, faults and gaps."""
