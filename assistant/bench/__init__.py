"""The benchmark: the program and its baselines on the same recordings, judged by what sounds."""
