"""What a network is: frozen data, checked once when it is made. Nothing here knows of analysis."""
