"""What was seen, and what is wrong with it. Pure: no cluster, no clock, nothing else of ours."""
