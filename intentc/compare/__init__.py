"""What a change of the sources does to the meaning: intents, paths, margins, assertions, devices."""
