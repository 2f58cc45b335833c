"""Other rates for some layers of a whole network."""
