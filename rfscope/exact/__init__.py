"""What an output sees: pure functions from a network to frozen records, in integers and fractions.

Only the gridding index, the standard deviation and shares are floating-point numbers.
"""
