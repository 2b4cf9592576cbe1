"""Every change of state of the exchange (house rule 1)."""
