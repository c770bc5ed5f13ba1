"""Microphone, speaker and recordings; echo cancellation; speech detection."""
