"""Where the brokers come from. Usable without pytest; knows nothing of clients or scenarios."""
