"""From the outside world to a network: one file a world, spec files in a few. Nothing here knows of analysis."""
