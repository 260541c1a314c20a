"""MySQL: a real server in a container, or one that exists; a fault proxy for its port; without pytest."""
