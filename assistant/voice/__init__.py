"""Words to sound: the voices, cut for streaming, and replies made beforehand."""
