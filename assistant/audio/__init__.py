"""Microphone, speaker and recordings: sources and sinks of the same samples, echo, speech detection."""
