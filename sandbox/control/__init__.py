"""The hand that moves the accounts while they are served: objects, clock, faults. Not part of any vendor's API."""
