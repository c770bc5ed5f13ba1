"""Sound to words: Whisper, and what its words are worth."""
