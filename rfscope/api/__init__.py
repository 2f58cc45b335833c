"""What Python users call. Every function takes a target: rates, a spec file's path, a module, or a network."""
