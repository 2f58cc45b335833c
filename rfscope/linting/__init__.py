"""Running the design rules over networks, and showing what they find."""
