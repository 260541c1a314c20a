"""How a run is told: our page, Cucumber messages, JUnit, the summary."""
