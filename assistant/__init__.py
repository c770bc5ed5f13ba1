"""An on-device voice assistant: it hears, thinks in text and speaks, in one process."""

__version__ = "0.1.0"
