"""Properties that hold for any billing history: random ones go through the real landing and the real models.

`decisions.py` draws what happens to a customer, `billing.py` turns it into the objects that each sync of Stripe reads,
`warehouse.py` lands them and builds the marts. Customers are independent of one another, so one build takes many.
"""
