"""The text layer: words in, words out, no sound, no threads."""
