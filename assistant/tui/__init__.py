"""The terminal face: what the person at the laptop sees and presses.

Knows the messages that the engine publishes and the controls that it obeys, and nothing of how
either works. Everything here except `terminal` runs on the main thread inside Textual's loop.
"""
