"""When a turn starts, pauses, goes on and is complete."""
